package probe

import (
	"cmp"
	"context"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/budget"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/dial"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// Limits that hold where Options leave them at zero.
const (
	DefaultConnectTimeout  = 10 * time.Second
	DefaultStageTimeout    = 30 * time.Second
	DefaultRunTimeout      = 90 * time.Second
	DefaultCertificateDays = 21
	DefaultParallel        = 64
)

// inSilence is how long a port for TLS is looked at while nothing is said to it. To
// wait is what it should do; a server that serves one client after the other would
// keep the follow-ups waiting that do speak.
const inSilence = 4 * time.Second

// goodbye bounds the wait for the answer to QUIT or LOGOUT where nothing more
// depends on it.
const goodbye = 2 * time.Second

// explanation is how long name servers that were not needed may go on explaining
// after the end of the dialogue. A lookup that took longer than this itself is
// explained in full: there a silent server is the reason.
const explanation = time.Second

// maxRounds is the number of rounds of follow-ups.
const maxRounds = 2

// Resolver looks names up. [resolve.Resolver] is one.
//
// seen is called for each answer of a name server, possibly after Lookup has
// returned; wait returns when it won't be called any more.
type Resolver interface {
	Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (facts *stage.ResolveFacts, wait func(), err error)
}

// Sink gets the stream of a run, one call at a time. An error does not stop the
// run; [Run] returns the first one of each sink at the end.
type Sink interface {
	Header(stage.Header) error
	Event(stage.Event) error
	End(stage.End) error
}

// GroupSink is a [Sink] that wants to know what a group of checks came to as soon as
// it has ended. What groups have in common is concluded from the whole run: a
// finding may read otherwise there.
type GroupSink interface {
	Sink
	Group(*stage.Record, diagnose.Diagnosis) error
}

// Credential is what one subject logs in with.
type Credential struct {
	Secret auth.Secret
	Token  bool // the secret is an OAuth 2.0 access token

	// Source is asked for the secret, and Secret isn't used, when the first login of
	// the run needs it: once, for all the credentials that have it. A run in which
	// nothing comes as far as the login doesn't ask. Without an answer login is
	// skipped, with [stage.PasswordUnavailable]. nil: Secret.
	Source *auth.Source
}

// given reports whether there is something to log in with, as far as that is known
// before a source has been asked.
func (c Credential) given() bool { return c.Source != nil || !c.Secret.IsZero() }

// Options say how a plan is carried out. The zero value works: the system's
// resolver, the network, the system's roots, and no login.
type Options struct {
	Version         string             // of maildoctor, for the header
	Commit          string             // that it was built from, for the header; empty: not known
	Credentials     map[int]Credential // by index of Plan.Subjects
	Budget          *budget.Budget     // of logins, which may serve many runs; nil: one for this run
	NoLogin         bool               // login is not tried, also with a credential
	ForgeableLogin  bool               // the password may go to servers that whoever answers for the name servers could have named
	CleartextLogin  bool               // on endpoints whose security is none, the password may be sent in clear
	NoFollowUps     bool               // questions stay open
	Programs        bool               // see which other mail programs would connect: see package probe/diagnose/programs
	Private         bool               // nobody but the provider and the resolver is contacted
	PrivateFetch    bool               // an issuer's certificate is fetched from a private address too, where the mail server has one
	Controls        stage.Controls     // strangers that follow-ups may ask, unless Private; see [PublicControls]
	Mechanism       auth.Mechanism     // use this one and no other
	Sender          string             // for MAIL FROM; empty: the subject's address, or a user name that is one
	Recipient       string             // for RCPT TO; empty: the sender. Where it is named, sending is tried without a login that isn't asked for or isn't on offer
	Hello           string             // argument of EHLO; empty: the connection's address literal
	Family          string             // "4" or "6": the header's; the Resolver obeys it
	ResolverAddress string             // for the header
	Roots           *tlsinspect.Roots  // nil: the system's
	CAFile          bool               // Roots holds a file of the user's
	TrustLocalRoots bool               // roots added to this machine are as good as public ones
	CertificateDays int                // warn when fewer days are left
	ConnectTimeout  time.Duration      // for each address
	StageTimeout    time.Duration      // for every other stage
	RunTimeout      time.Duration      // for a group of checks that share a host, an address or an account, from its start
	Parallel        int                // checks at a time; connections that nobody has answered yet don't count
	Transcripts     bool               // keep them for the record: somebody is going to be shown them
	Resolver        Resolver           // nil: the system's own
	Dial            dial.Func          // nil: the network
	DialSmall       dial.Func          // like Dial, in segments of [stage.SmallSegment] bytes; nil: Dial, or the network

	// ResolverAt looks names up at one name server, "ip:port"; nil asks it over the
	// network.
	ResolverAt func(server string) Resolver

	// Sources were asked before there was a plan, in this order. They open the stream.
	Sources []stage.Source

	// Catalogue reports whether a host is a server of the embedded catalogue of
	// providers, lower case; nil: none is.
	Catalogue func(host string) bool

	// Linked returns the provider that a web page of this host belongs to, for an account
	// of this domain, which may be empty; nil for none.
	Linked func(host, domain string) *stage.Linked

	System    stage.System // where the run takes place
	Demo      string       // named in the header; nothing depends on it
	Arguments []string     // as typed, for the header
	Flags     []stage.Flag // as typed, for the header
	Sinks     []Sink       // get the stream as it comes
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&o.ConnectTimeout, DefaultConnectTimeout)
	set(&o.StageTimeout, DefaultStageTimeout)
	set(&o.RunTimeout, DefaultRunTimeout)
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Dial == nil {
		o.Dial, o.DialSmall = dial.Network(0), dial.Network(stage.SmallSegment)
	}
	if o.DialSmall == nil {
		o.DialSmall = o.Dial
	}
	if o.ResolverAt == nil {
		o.ResolverAt = func(server string) Resolver {
			return resolve.New(resolve.Options{Server: server, Family: o.Family})
		}
	}
	if o.Private {
		o.Controls = stage.Controls{}
	}
	return o
}

// forHeader returns the options that bear on what is concluded from the run.
func (o Options) forHeader() stage.Options {
	return stage.Options{
		Login:           !o.NoLogin,
		Password:        len(o.Credentials) > 0,
		Token:           o.tokens(),
		CleartextLogin:  o.CleartextLogin,
		ForgeableLogin:  o.ForgeableLogin,
		FollowUps:       !o.NoFollowUps,
		Programs:        o.Programs,
		Private:         o.Private,
		Resolver:        o.ResolverAddress,
		Controls:        o.Controls,
		Family:          o.Family,
		CAFile:          o.CAFile,
		TrustLocalRoots: o.TrustLocalRoots,
		Mechanism:       string(o.Mechanism),
		Sender:          stage.Visible(o.Sender),
		Recipient:       stage.Visible(o.Recipient),
		ConnectTimeout:  stage.Ms(o.ConnectTimeout),
		StageTimeout:    stage.Ms(o.StageTimeout),
		RunTimeout:      stage.Ms(o.RunTimeout),
		CertificateDays: cmp.Or(o.CertificateDays, DefaultCertificateDays),
		Demo:            o.Demo,
		Arguments:       o.Arguments,
		Flags:           o.Flags,
	}
}

// tokens reports whether all that there is to log in with are access tokens.
func (o Options) tokens() bool {
	for _, c := range o.Credentials {
		if !c.Token {
			return false
		}
	}
	return len(o.Credentials) > 0
}
