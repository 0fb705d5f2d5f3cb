package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// publishedRules are about settings: those that were typed in, and those that a
// provider publishes.
var publishedRules = []Rule{
	{
		Cause: SettingsDifferFromProfile,
		Needs: []Need{
			seen(stage.Resolve), seen(stage.Connect), seen(stage.Handshake), seen(stage.Greeting), seen(stage.Upgrade), seen(stage.Capabilities), seen(stage.Login),
		},
		Judge: typedOtherwise,
	},
	{
		Cause: ProfileOutOfDate,
		Needs: []Need{met(stage.Resolve, stage.NameNotFound, stage.NoAddress), met(stage.Connect, stage.Refused)},
		Judge: goneFromProfile,
	},
}

// typedOtherwise: an address that was typed in fails, and what the provider
// publishes for the same protocol works, in the same run.
func typedOtherwise(c *Case, k *Check, r *stage.Result) *Hit {
	if r.Status != stage.Fail || k.Subject.Kind != stage.SubjectURL {
		return nil
	}
	for _, o := range c.Checks {
		e := o.Check.Endpoint
		if e.Protocol != k.Check.Endpoint.Protocol || e == k.Check.Endpoint || !o.works() || !servesHost(o.Subject.Profile, k.host()) {
			continue
		}
		return likely().with("works", settingWords(e)).
			says(short(stage.Visible(describe(k, r) + "; " + settingWords(e) + ", as " + o.provider() + " publishes it, works")))
	}
	return nil
}

// servesHost reports whether a host lies in one of a profile's domains, or beside
// one of its servers.
func servesHost(p *stage.Profile, host string) bool {
	if p == nil {
		return false
	}
	domains := slices.Clone(p.Domains)
	for _, e := range p.Endpoints {
		if _, parent, ok := strings.Cut(strings.ToLower(e.Host), "."); ok && strings.Contains(parent, ".") {
			domains = append(domains, parent)
		}
	}
	return slices.ContainsFunc(domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// settingWords writes an endpoint as it is typed in: "imap.example.net, port 993,
// SSL/TLS".
func settingWords(e stage.Endpoint) string {
	words := "STARTTLS"
	switch e.Security {
	case stage.TLS:
		words = "SSL/TLS"
	case stage.None:
		words = "no encryption"
	}
	return stage.Visible(e.Host) + ", port " + strconv.Itoa(int(e.Port)) + ", " + words
}

// goneFromProfile: a server that the profile names is not there, while another
// one of the same profile and direction works. A name that is gone says more than
// a port that refuses.
func goneFromProfile(c *Case, k *Check, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if r.Status != stage.Fail || p == nil || k.Subject.Kind == stage.SubjectURL || k.Check.Note != "" || !c.otherWorks(k) {
		return nil
	}
	if k.Check.Optional && r.Stage == stage.Connect {
		return nil
	}
	h := possible()
	if r.Stage == stage.Resolve {
		h.Confidence = Likely
	}
	return h.says(short(stage.Visible(describe(k, r) + "; another server of the same profile works"))).as(Warn)
}
