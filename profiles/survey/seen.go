package survey

import (
	"fmt"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Seen is everything that was seen. Its parts are written to journals as JSON.
type Seen struct {
	Domains map[string]Domain // by name
	Visits  map[string]Visit  // by Key of the endpoint visited
	Again   Again
	Since   time.Time // when this walk began; what was seen before is of an older one

	// Nothing says why nothing could be looked at: NoNames or NoNetwork; else empty.
	Nothing ReasonID
}

// Existence is whether a name exists.
type Existence string

const (
	There   Existence = "there"
	Gone    Existence = "gone"    // every lookup ended in NXDOMAIN (RFC 2308 2.1)
	Unclear Existence = "unclear" // no name server could say
)

// Domain is what was seen of a mail domain.
type Domain struct {
	At   time.Time   `json:"at"`
	Name Existence   `json:"name"`
	Why  stage.Fault `json:"why,omitempty"` // with Unclear

	// Exchangers are the mail exchangers of the lowest number (RFC 5321 5.1), sorted;
	// "." means that the domain takes no mail (RFC 7505).
	Exchangers []string    `json:"mx,omitempty"`
	MXFault    stage.Fault `json:"mx_fault,omitempty"`

	// Published are the servers that the domain itself publishes by verified HTTPS, and
	// By the source of them.
	Published []stage.Endpoint `json:"published,omitempty"`
	By        stage.SourceID   `json:"by,omitempty"`
}

// Visit is what was seen of a server, as far as its capabilities.
type Visit struct {
	At       time.Time      `json:"at"`
	First    bool           `json:"first,omitempty"` // among those visited first, to see whether the port is open from here
	Endpoint stage.Endpoint `json:"endpoint"`

	// Stage and Fault are those of the stage that failed; empty if the server did all
	// that was asked of it.
	Stage stage.Stage     `json:"stage,omitempty"`
	Fault stage.Fault     `json:"fault,omitempty"`
	TLS   *stage.TLSFacts `json:"tls,omitempty"` // with BadCertificate: the faults, and what the leaf is about

	Encrypted bool `json:"encrypted,omitempty"` // with a certificate that is valid for the name
	Greeted   bool `json:"greeted,omitempty"`   // as a mail server of this protocol
}

// Passed reports whether the server did all that was asked of it.
func (v Visit) Passed() bool { return v.Stage == "" && v.Fault == "" }

// Of reads a visit from the record of its check.
func Of(k *stage.CheckRecord, at time.Time) Visit {
	v := Visit{At: at, Endpoint: k.Check.Endpoint}
	if failed := k.Failed(); failed != nil {
		v.Stage, v.Fault = failed.Stage, failed.Fault
	} else if r := k.Result(stage.Capabilities); r == nil || r.Status == stage.Skip {
		v.Stage, v.Fault = stage.Capabilities, stage.InternalProblem
		if r != nil && r.Reason != "" {
			v.Fault = stage.Fault(r.Reason)
		}
	}
	if r := k.Result(stage.Greeting); r != nil {
		v.Greeted = r.Status == stage.Pass || r.Status == stage.Warn
	}
	if f := stage.FactsOf[*stage.TLSFacts](k); f != nil {
		r := k.Result(stage.Handshake)
		v.Encrypted = f.Verified && r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
		if v.Fault == stage.BadCertificate {
			v.certificate(f)
		}
	}
	return v
}

// most bounds the names of a certificate that are kept.
const most = 3

// certificate keeps what is needed to say what is wrong with a certificate.
func (v *Visit) certificate(f *stage.TLSFacts) {
	v.TLS = &stage.TLSFacts{ServerName: f.ServerName}
	for _, x := range f.Faults {
		if !x.Warning && x.Depth == 0 {
			v.TLS.Faults = append(v.TLS.Faults, x)
		}
	}
	if len(v.TLS.Faults) == 0 {
		v.TLS.Faults = f.Faults[:min(len(f.Faults), 1)]
	}
	if len(f.Chain) > 0 {
		leaf := f.Chain[0]
		leaf.DER, leaf.Issuers, leaf.Names = nil, nil, leaf.Names[:min(len(leaf.Names), most)]
		v.TLS.Chain = []stage.Certificate{leaf}
	}
	v.TLS.Root = f.Root
	if v.TLS.Root != nil {
		v.TLS.Root = &stage.Certificate{Subject: f.Root.Subject}
	}
}

// Again is what was seen once more after everything else, and whom that clears.
type Again struct {
	// Names are those that were gone, and suffixes of them, by name.
	Names map[string]Existence
	// Ports are the hosts that were reached once more, by port.
	Ports map[uint16][]Reached
	// Invented holds if names exist here that nobody has registered, at the beginning or
	// at the end.
	Invented bool
	// Asked are the third parties that were asked about names, ip:port.
	Asked []string
}

// Reached is a host that did once more what it did before.
type Reached struct {
	Host      string
	Encrypted bool
}

// Key names an endpoint: "imap imap.example.com:993 tls".
func Key(e stage.Endpoint) string {
	return fmt.Sprintf("%s %s %s", e.Protocol, strings.ToLower(e.Address()), e.Security)
}

// Visited returns the endpoint to visit for a server. Of one without encryption it is
// of interest whether there would be any.
func Visited(e stage.Endpoint) stage.Endpoint {
	if e.Security == stage.None {
		e.Security = stage.StartTLSIfOffered
	}
	return e
}

// implicit are the ports of TLS from the first byte (RFC 8314 3).
var implicit = map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 465}

// Beside returns the endpoint at which the same host may be encrypted from the first
// byte. ok is false if the server is encrypted already.
func Beside(e stage.Endpoint) (other stage.Endpoint, ok bool) {
	if e.Security != stage.None {
		return e, false
	}
	e.Port, e.Security = implicit[e.Protocol], stage.TLS
	return e, true
}
