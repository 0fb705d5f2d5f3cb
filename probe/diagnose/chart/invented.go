package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"maildoctor/probe/stage"
)

// madeUp returns an unregistered label, always the same one for the same run.
func (c *Case) madeUp(below string) string {
	sum := sha256.Sum256([]byte(c.Record.Header.Started.UTC().String() + " " + below))
	return "md" + hex.EncodeToString(sum[:6])
}

// SiblingName returns a name with the same parent as the host's that cannot exist.
func (c *Case) SiblingName(k *Exam) string {
	_, parent, _ := strings.Cut(k.Host(), ".")
	return c.madeUp(parent) + "." + parent
}

// StrangeName returns a name that cannot exist, under another top-level domain than
// the host's.
func (c *Case) StrangeName(k *Exam) string {
	top := "com"
	if strings.HasSuffix(k.Host(), ".com") {
		top = "net"
	}
	return c.madeUp("") + "." + top
}

// Invented returns how two names that cannot exist resolve here: one with the same
// parent as the host's, and one elsewhere. Yes: it resolves to the same address as
// the host's name. No: it doesn't exist, as it should, or it resolves to another
// address.
func (c *Case) Invented(k *Exam) (sibling, strange Answer) {
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question != stage.AskNonsenseName {
			continue
		}
		came := NameExists(f, true)
		if came == Yes && !AnyShared(k.Resolve.Addresses, OrEmpty(stage.FactsOf[*stage.ResolveFacts](f)).Addresses) {
			came = No
		}
		if f.Check.Endpoint.Host == c.SiblingName(k) {
			sibling = came
		} else {
			strange = came
		}
	}
	return sibling, strange
}
