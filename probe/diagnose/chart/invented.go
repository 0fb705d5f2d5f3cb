package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"maildoctor/probe/stage"
)

// madeUp returns a label that nobody has registered, the same for the same run.
func (c *Case) madeUp(below string) string {
	sum := sha256.Sum256([]byte(c.Record.Header.Started.UTC().String() + " " + below))
	return "md" + hex.EncodeToString(sum[:6])
}

// SiblingName is a name beside the host's own that cannot exist.
func (c *Case) SiblingName(k *Exam) string {
	_, parent, _ := strings.Cut(k.Host(), ".")
	return c.madeUp(parent) + "." + parent
}

// StrangeName is a name that cannot exist, under another top domain than the
// host's.
func (c *Case) StrangeName(k *Exam) string {
	top := "com"
	if strings.HasSuffix(k.Host(), ".com") {
		top = "net"
	}
	return c.madeUp("") + "." + top
}

// Invented tells how names that cannot exist are looked up here: one beside the
// host's own, and one elsewhere. Yes: it leads to where the host's name leads; no: it
// doesn't exist, as it should be, or leads elsewhere.
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
