package chart

import (
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// address is where a server was expected.
type address struct {
	host string
	port uint16
}

func addressOf(e stage.Endpoint) address { return address{strings.ToLower(e.Host), e.Port} }

// Endpoint returns what this run knows of settings that a mail program may have.
// Yes: they were seen to work, at least to the login if only this run supports them
// (see [Way]). No: they failed before the login.
func (c *Case) Endpoint(e stage.Endpoint) Answer {
	e.Host = strings.ToLower(e.Host)
	seen := c.notice().settings
	said, ok := seen[e]
	if !ok {
		said = c.seenOf(e)
		seen[e] = said
	}
	return said
}

func (c *Case) seenOf(e stage.Endpoint) Answer {
	said, answered := Unknown, false
	for _, r := range c.tried[addressOf(e)] {
		same := r.Check.Endpoint.Protocol == e.Protocol && sameSecurity(r.Check.Endpoint.Security, e.Security)
		switch f := r.Failed(); {
		case f != nil && f.Fault == stage.InternalProblem:
		case e.Security == stage.StartTLS && withoutStartTLS(r):
			said = No
		case same && c.shown(r):
			return Yes
		case f != nil && (f.Stage == stage.Connect || f.Stage == stage.Resolve):
			said = No // regardless of the port's security
		case same && f != nil && f.Stage.Rank() < stage.Login.Rank():
			said = No
		case same && Reached(r):
			answered = true // a server that answers now and then isn't closed
		}
	}
	if answered {
		return Unknown
	}
	return said
}

// Encrypts reports whether these settings lead to encryption, even if the
// certificate is rejected: that isn't caused by the settings.
func (c *Case) Encrypts(e stage.Endpoint) bool {
	e.Host = strings.ToLower(e.Host)
	seen := c.notice().encrypts
	yes, ok := seen[e]
	if !ok {
		yes = c.seenEncrypted(e)
		seen[e] = yes
	}
	return yes
}

func (c *Case) seenEncrypted(e stage.Endpoint) bool {
	return slices.ContainsFunc(c.tried[addressOf(e)], func(r *stage.CheckRecord) bool {
		if r.Check.Endpoint.Protocol != e.Protocol || !sameSecurity(r.Check.Endpoint.Security, e.Security) {
			return false
		}
		handshake := r.Result(stage.Handshake)
		return handshake != nil && (handshake.Status == stage.Pass || handshake.Status == stage.Warn || handshake.Fault == stage.BadCertificate)
	})
}

// shown reports whether a check is by itself a way round.
func (c *Case) shown(r *stage.CheckRecord) bool {
	if r.Check.Kind != stage.KindEndpoint || EndingOf(c.Record, r) != Worked {
		return false
	}
	handshake := r.Result(stage.Handshake)
	return handshake != nil && handshake.Status != stage.Skip && (loggedIn(r) || c.named(r) || c.namedSince(r))
}

// loggedIn reports whether the login of a check was accepted.
func loggedIn(r *stage.CheckRecord) bool {
	login := r.Result(stage.Login)
	return login != nil && login.Status == stage.Pass
}

// named reports whether the provider's settings include a check's endpoint, even if
// this run left it out.
func (c *Case) named(r *stage.CheckRecord) bool {
	s := c.Record.Subject(r)
	return s != nil && s.Profile != nil && slices.Contains(s.Profile.Endpoints, r.Check.Endpoint)
}

// namedSince reports whether the domain publishes a check's endpoint in place of known
// settings, in a way that nobody in between can have forged.
func (c *Case) namedSince(r *stage.CheckRecord) bool {
	s := c.Record.Subject(r)
	return s != nil && s.Profile != nil && len(s.Profile.Published) == 0 && !r.Check.Forgeable && vouched(c.namedBy(r))
}

// sameSecurity reports whether both are the same setting in a mail program.
func sameSecurity(a, b stage.Security) bool {
	plain := func(s stage.Security) stage.Security {
		if s == stage.StartTLSIfOffered {
			return stage.StartTLS
		}
		return s
	}
	return plain(a) == plain(b)
}

// withoutStartTLS reports whether a capability list that could have had STARTTLS
// lacks it.
func withoutStartTLS(r *stage.CheckRecord) bool {
	if u := r.Result(stage.Upgrade); u != nil {
		return u.Fault == stage.NotOffered && u.Status != stage.Skip
	}
	caps := stage.FactsOf[*stage.CapabilityFacts](r)
	return r.Check.Endpoint.Security == stage.None && caps != nil && len(caps.List) > 0 && !caps.StartTLS
}

// Protocol returns what this run knows of another protocol for k's account. Yes: a
// check of it works and may replace k. No: all of them failed.
func (c *Case) Protocol(k *Exam) Answer {
	said := Unknown
	for _, p := range otherProtocols(k.Check.Endpoint.Protocol) {
		switch of := (subjectProtocol{k.Check.Subject, p}); {
		case c.serving().worked[of]:
			if inPlaceOf(k, c.serving().first[of]) {
				return Yes
			}
		case c.serving().broke[of]:
			said = No
		}
	}
	return said
}

// logins returns the checks that log in to k's account at its server.
func (c *Case) logins(k *Exam) []*stage.CheckRecord {
	all := []*stage.CheckRecord{k.CheckRecord}
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Result(stage.Login) != nil && strings.EqualFold(f.Check.Endpoint.Host, k.Check.Endpoint.Host) {
			all = append(all, f)
		}
	}
	return all
}

// Login returns the outcome of the logins of some kind to k's account. Yes: one was
// accepted. No: all were refused.
func (c *Case) Login(k *Exam, of func(*stage.CheckRecord) bool) Answer {
	said := Unknown
	for _, r := range c.logins(k) {
		if !of(r) {
			continue
		}
		switch login := r.Result(stage.Login); {
		case login == nil || login.Status == stage.Skip:
		case login.Status != stage.Fail:
			return Yes
		case slices.Contains(Refused, login.Fault):
			said = No
		}
	}
	return said
}

// Ways of sending a password: readable by the server, readable only by the server
// thanks to TLS, or as the response to a challenge.
var (
	readable = []string{"PLAIN", "LOGIN", "IMAP LOGIN", "USER/PASS"}
	answered = []string{"CRAM-MD5", "DIGEST-MD5", "APOP"}
)

// Readable reports whether a mechanism sends the password itself.
func Readable(mechanism string) bool { return slices.Contains(readable, mechanism) }

// Challenged reports whether a mechanism uses the password to answer a challenge.
func Challenged(mechanism string) bool {
	return slices.Contains(answered, mechanism) || strings.HasPrefix(mechanism, "SCRAM-")
}

// Offers reports whether a server lists a mechanism of some kind. Unknown: it listed
// none, or has login commands that are never listed, as IMAP and POP3 do.
func (k *Exam) Offers(of func(mechanism string) bool) Answer {
	list := k.Caps.Mechanisms
	switch {
	case slices.ContainsFunc(list, of):
		return Yes
	case len(list) == 0, k.Check.Endpoint.Protocol != stage.SMTP && !k.Caps.LoginDisabled:
		return Unknown
	}
	return No
}

// UserOf returns the user name that a check logs in with.
func (c *Case) UserOf(r *stage.CheckRecord) string {
	if r.Check.User != "" {
		return r.Check.User
	}
	if s := c.Record.Subject(r); s != nil {
		return s.User
	}
	return ""
}

// Family reports whether the addresses of a family accepted the check's connection.
func (k *Exam) Family(four bool) Answer {
	said := Unknown
	for _, a := range k.Connect.Attempts {
		ap, err := netip.ParseAddrPort(a.Address)
		if err != nil || ap.Addr().Unmap().Is4() != four {
			continue
		}
		switch a.Outcome {
		case stage.DialConnected:
			return Yes
		case stage.DialInterrupted:
		default:
			said = No
		}
	}
	return said
}

// OtherResolvers reports whether other name servers give an address for k's host.
// Unknown: they were not asked, or did not answer.
func (c *Case) OtherResolvers(k *Exam) Answer {
	f := c.FollowUp(k, stage.AskOtherResolvers)
	if f == nil {
		return Unknown
	}
	switch r := f.Result(stage.Resolve); {
	case r == nil, r.Status == stage.Skip, slices.Contains(unheard, r.Fault):
		return Unknown
	case r.Status == stage.Fail:
		return No
	}
	return Yes
}

// unheard are the faults of a lookup that got no usable answer.
var unheard = []stage.Fault{stage.DNSTimeout, stage.DNSUnreached, stage.DNSRefused, stage.LookupFailed, stage.InternalProblem}
