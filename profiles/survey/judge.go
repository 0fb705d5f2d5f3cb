package survey

import (
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Verdict is what an entry comes to. An entry may have several.
type Verdict string

const (
	Holds         Verdict = "holds"          // the servers answer as the entry says
	Dead          Verdict = "dead"           // a name is gone: the domain's, or those of all servers of a protocol
	Moved         Verdict = "moved"          // the mail exchanger belongs to somebody else
	Differs       Verdict = "differs"        // a server answers, but not as the entry says
	SelfPublished Verdict = "self-published" // the domain itself publishes all that the entry has: the entry can be removed
	CouldEncrypt  Verdict = "could-encrypt"  // the entry says no encryption, the server offers it with a valid certificate
	NotFromHere   Verdict = "not-from-here"  // it can't be told here, or not now
)

// Verdicts are all verdicts, the most urgent first.
var Verdicts = []Verdict{Dead, Moved, Differs, CouldEncrypt, SelfPublished, NotFromHere, Holds}

// Reason says why there is a verdict. Which members are set depends on the id.
type Reason struct {
	ID       ReasonID
	Verdict  Verdict
	Name     string         // of a host or a domain
	Other    string         // a provider, a domain, or a source
	Protocol stage.Protocol // of servers
	Server   *Server        // of the entry
	Visit    *Visit
	Instead  stage.Endpoint // that would be better
	Fault    stage.Fault
	Line     int // of what it is about; 0: of the entry
}

// ReasonID names a reason. Ids are in reports for programs.
type ReasonID string

const (
	NameGone      ReasonID = "name-gone"
	NoMail        ReasonID = "no-mail"      // a null MX
	ServersGone   ReasonID = "servers-gone" // all of a protocol
	ServerGone    ReasonID = "server-gone"  // one of several
	MovedTo       ReasonID = "moved-to"     // a provider of the MX table
	MovedAway     ReasonID = "moved-away"   // another registered domain
	ServerDiffers ReasonID = "server-differs"
	Published     ReasonID = "published"
	StartTLS      ReasonID = "offers-starttls"
	ImplicitTLS   ReasonID = "offers-tls"

	// Reasons why something can't be told from here.
	Unknown      ReasonID = "unknown"       // of a server: its fault may be this network's
	NoControl    ReasonID = "no-control"    // no other host was reached at the same port before and after
	NameUnknown  ReasonID = "name-unknown"  // of a domain or host: no name server says
	NameDisputed ReasonID = "name-disputed" // gone at one time, or by one server, and there by another
	Invented     ReasonID = "invented"      // names exist here that nobody has
	Unvisited    ReasonID = "unvisited"     // the walk ended before
	NoNames      ReasonID = "no-names"      // no name server answers here
	NoNetwork    ReasonID = "no-network"    // no server at all was reached
)

// Finding is an entry with its verdicts.
type Finding struct {
	Entry
	Verdicts []Verdict // in the order of [Verdicts]
	Reasons  []Reason
	Visited  bool // everything was looked at
}

// Is reports whether the entry has a verdict.
func (f *Finding) Is(v Verdict) bool { return slices.Contains(f.Verdicts, v) }

// Judge says what an entry comes to. table is the catalogue that knows whose mail
// exchangers are.
func Judge(e Entry, seen *Seen, table *profiles.Catalogue) Finding {
	j := judge{Finding{Entry: e, Visited: seen.Nothing == ""}, seen, table}
	if seen.Nothing != "" {
		j.because(Reason{ID: seen.Nothing, Verdict: NotFromHere})
	} else {
		j.domain()
		j.servers()
		if !j.Visited {
			j.because(Reason{ID: Unvisited, Verdict: NotFromHere})
		}
	}
	for _, v := range Verdicts {
		has := slices.ContainsFunc(j.Reasons, func(r Reason) bool { return r.Verdict == v })
		if has || v == Holds && j.holds() {
			j.Verdicts = append(j.Verdicts, v)
		}
	}
	return j.Finding
}

// judge is one call of [Judge].
type judge struct {
	Finding
	seen  *Seen
	table *profiles.Catalogue
}

func (j *judge) because(r Reason) { j.Reasons = append(j.Reasons, r) }

// holds reports whether nothing speaks against the entry, and it could be told.
func (j *judge) holds() bool {
	return !slices.ContainsFunc(j.Reasons, func(r Reason) bool {
		return slices.Contains([]Verdict{Dead, Moved, Differs, NotFromHere}, r.Verdict)
	})
}

// domain judges the domain's name and its exchangers.
func (j *judge) domain() {
	if j.Domain == "" {
		return
	}
	d, ok := j.seen.Domains[j.Domain]
	switch {
	case !ok:
		j.Visited = false
	case d.Name == Gone:
		j.because(j.gone(j.Domain, Reason{ID: NameGone, Verdict: Dead, Name: j.Domain}))
	case d.Name == Unclear:
		j.because(Reason{ID: NameUnknown, Verdict: NotFromHere, Name: j.Domain, Fault: d.Why})
	case len(d.Exchangers) > 0 && j.seen.Again.Invented:
		j.because(Reason{ID: Invented, Verdict: NotFromHere})
	case slices.Equal(d.Exchangers, []string{"."}):
		j.because(Reason{ID: NoMail, Verdict: Dead, Name: j.Domain})
	case len(d.Exchangers) > 0:
		j.moved(d.Exchangers)
		j.published(d)
	default:
		j.published(d)
	}
}

// gone returns the reason if a name is gone for sure, else why that can't be told.
func (j *judge) gone(name string, sure Reason) Reason {
	again := j.seen.Again
	suffix, known := Suffix(name)
	above := again.Names[suffix]
	if !known && above == Gone { // nobody has such names; the name servers have to know others
		above = Unclear
		for n, e := range again.Names {
			if _, known := Suffix(n); known && e == There {
				above = There
			}
		}
	}
	switch {
	case again.Invented:
		return Reason{ID: Invented, Verdict: NotFromHere, Line: sure.Line}
	case again.Names[name] == There:
		return Reason{ID: NameDisputed, Verdict: NotFromHere, Name: name, Line: sure.Line}
	case again.Names[name] != Gone || above != There:
		return Reason{ID: NameUnknown, Verdict: NotFromHere, Name: name, Line: sure.Line}
	}
	return sure
}

// moved looks whose the exchangers are. One that is the provider's own suffices.
func (j *judge) moved(exchangers []string) {
	var to Reason
	for _, host := range exchangers {
		switch p, _ := j.table.FindMX(host); {
		case p != nil && (p.ID == j.Profile || j.same(p)), j.serves(host):
			return
		case p != nil:
			to = Reason{ID: MovedTo, Verdict: Moved, Name: host, Other: p.Name}
		case len(j.MX) == 0 || j.listed(host):
			return
		default:
			to = Reason{ID: MovedAway, Verdict: Moved, Name: host, Other: account.Domain(strings.TrimPrefix(j.MX[0], "*."))}
		}
	}
	j.because(to)
}

// same reports whether a profile is the entry's provider under another id: they have
// servers of one registered domain.
func (j *judge) same(p *profiles.Profile) bool {
	return slices.ContainsFunc(p.Endpoints, func(e profiles.Endpoint) bool {
		return slices.ContainsFunc(j.Servers, func(s Server) bool { return related(s.Host, e.Host) })
	})
}

// serves reports whether an exchanger is in the registered domain of a server of the
// entry.
func (j *judge) serves(host string) bool {
	return slices.ContainsFunc(j.Servers, func(s Server) bool { return related(s.Host, host) })
}

// listed reports whether an exchanger is in the registered domain of one that the entry
// states.
func (j *judge) listed(host string) bool {
	return slices.ContainsFunc(j.MX, func(m string) bool { return related(strings.TrimPrefix(m, "*."), host) })
}
