package diagnose

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// madeUp returns a label that nobody has registered, the same for the same run.
func (c *Case) madeUp(below string) string {
	sum := sha256.Sum256([]byte(c.Record.Header.Started.UTC().String() + " " + below))
	return "md" + hex.EncodeToString(sum[:6])
}

// siblingName is a name beside the host's own that cannot exist.
func (c *Case) siblingName(k *Check) string {
	_, parent, _ := strings.Cut(k.host(), ".")
	return c.madeUp(parent) + "." + parent
}

// strangeName is a name that cannot exist, under another top domain than the
// host's.
func (c *Case) strangeName(k *Check) string {
	top := "com"
	if strings.HasSuffix(k.host(), ".com") {
		top = "net"
	}
	return c.madeUp("") + "." + top
}

// invented tells how names that cannot exist are looked up here: one beside the
// host's own, and one elsewhere. Yes: it leads to where the host's name leads; no: it
// doesn't exist, as it should be, or leads elsewhere.
func (c *Case) invented(k *Check) (sibling, strange answer) {
	for _, f := range c.followUps[k.Check.ID] {
		if f.Check.Question != stage.AskNonsenseName {
			continue
		}
		came := nameExists(f, true)
		if came == yes && !anyShared(k.resolve.Addresses, orEmpty(stage.FactsOf[*stage.ResolveFacts](f)).Addresses) {
			came = no
		}
		if f.Check.Endpoint.Host == c.siblingName(k) {
			sibling = came
		} else {
			strange = came
		}
	}
	return sibling, strange
}

// deniedElsewhere: the name may not exist, and an address is handed out all the
// same, where no mail server is. That names exist which nobody can have proves it;
// else one name server says that the name does not exist, and another hands it out.
func deniedElsewhere(c *Case, k *Check, r *stage.Result) *Hit {
	if k.builtin() || k.resolve.Literal || k.resolve.HostsFile || r.Fault == stage.BadCertificate && !k.has(stage.CertNameMismatch) {
		return nil
	}
	sibling, strange := c.invented(k)
	if (sibling == yes || strange == yes) && c.mailAt(k) {
		return nil
	}
	there := list(visible(k.resolve.Addresses))
	text := k.host() + " leads to " + there + ", and so does " + c.siblingName(k) + ", a name made up for this run"
	switch {
	case strange == yes:
		h := proven().with("invented", there).with("near", c.meant(k))
		if c.doors.portal != nil && c.inventedPage(k) {
			h.with("every", "yes")
		}
		if r.Fault == stage.BadCertificate {
			h.Confidence = cause.Likely // somebody speaks TLS there
		}
		return h.says(short(stage.Visible(k.host() + " leads to " + there + ", and so does " + c.strangeName(k) + ", a name made up for this run; " + describe(k, r))))
	case r.Fault == stage.BadCertificate:
		return nil
	case sibling == yes && c.outside(k).fault == stage.NameNotFound:
		return proven().with("invented", there).with("near", c.meant(k)).says(short(stage.Visible(text + "; other name servers know neither; " + describe(k, r))))
	case sibling == yes:
		return likely().with("wildcard", there).with("near", c.meant(k)).says(short(stage.Visible(text + "; " + describe(k, r))))
	case sibling == no:
		return nil
	}
	return c.disputedName(k, r)
}

// disputedName: of two name servers one denies the name and the other hands out
// an address. What is inside a network alone may well be known there alone.
func (c *Case) disputedName(k *Check, r *stage.Result) *Hit {
	var denies, answers string
	for _, l := range k.resolve.Lookups {
		switch l.Outcome {
		case stage.LookupNXDomain:
			denies = l.Server
		case stage.LookupAnswer:
			answers = l.Server
		}
	}
	if denies == "" && c.outside(k).fault == stage.NameNotFound && !slices.ContainsFunc(k.resolve.Addresses, internalOrLoopback) {
		denies = list(c.followUp(k, stage.AskOtherResolvers).Check.Manner.Resolvers)
	}
	if denies == "" || answers == "" || denies == answers {
		return nil
	}
	return likely().with("resolver", stage.Visible(answers)).with("near", c.meant(k)).
		says(short(stage.Visible(answers + " gives " + list(k.resolve.Addresses) + " for " + k.host() + ", " + denies + " says that there is no such name; " + describe(k, r))))
}
