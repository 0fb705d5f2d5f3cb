package probe

import (
	"cmp"
	"context"
	"math"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/budget"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/dial"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// Defaults for limits that are zero in Options.
const (
	DefaultConnectTimeout  = 10 * time.Second
	DefaultStageTimeout    = 30 * time.Second
	DefaultRunTimeout      = 90 * time.Second
	DefaultCertificateDays = 21
	DefaultParallel        = 64
)

// NoLimit is the [Options.RunTimeout] of a run that may take any time.
const NoLimit time.Duration = math.MaxInt64

// inSilence is how long the greeting follow-up waits on a port for TLS without sending
// anything. The server should wait as well; one that handles one client after the other
// would otherwise delay the follow-ups that do send something.
const inSilence = 4 * time.Second

// goodbye is how long to wait for the reply to QUIT or LOGOUT.
const goodbye = 2 * time.Second

// explanation is how long name servers that only explain may take after the end of the
// dialogue. After a lookup that itself took longer than this, they get their full time,
// because a silent server is then the cause.
const explanation = time.Second

// maxRounds is the number of rounds of follow-ups.
const maxRounds = 2

// Resolver looks up names. [resolve.Resolver] implements it.
//
// Lookup calls seen for each answer of a name server, possibly after it has returned;
// wait returns when there will be no more calls, and is nil if there are none.
type Resolver interface {
	Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (facts *stage.ResolveFacts, wait func(), err error)
}

// TLSAResolver is a [Resolver] that looks up TLSA records as well. [resolve.Resolver]
// implements it. With another one, nobody is asked about them.
//
// TLSA calls seen for each answer of a name server. The error says that none could tell
// whether there are records.
type TLSAResolver interface {
	Resolver
	TLSA(ctx context.Context, host string, port uint16, seen func(stage.Lookup)) error
}

// Sink receives the stream of a run, one call at a time. An error does not stop the
// run. [Run] returns the first error of each sink at the end.
type Sink interface {
	Header(stage.Header) error
	Event(stage.Event) error
	End(stage.End) error
}

// LinelessSink is a [Sink] that makes nothing of the lines of transcripts. If all sinks
// of a run are such, and [Options.Transcripts] isn't set, no transcript is made.
type LinelessSink interface {
	Sink
	Lineless()
}

// GroupSink is a [Sink] that also receives the result of each group of checks as soon
// as the group has ended. A finding may differ in the whole run, where what groups have
// in common is taken into account.
type GroupSink interface {
	Sink
	Group(*stage.Record, diagnose.Diagnosis) error
}

// Credential is what a subject logs in with.
type Credential struct {
	Secret auth.Secret
	Token  bool // the secret is an OAuth 2.0 access token

	// Source, if not nil, provides the secret, and Secret isn't used. It is asked when
	// the first login needs it, once per run for all credentials with this Source. If
	// no check reaches the login, it isn't asked. If it fails, login is skipped with
	// [stage.PasswordUnavailable].
	Source *auth.Source
}

// given reports whether there is something to log in with, as far as is known without
// asking a source.
func (c Credential) given() bool { return c.Source != nil || !c.Secret.IsZero() }

// Options say how a plan is carried out. The zero value works: it uses the system's
// resolver, the network and the system's roots, and doesn't log in.
type Options struct {
	Version         string             // of maildoctor, for the header
	Commit          string             // commit that maildoctor was built from, for the header; empty: not known
	Credentials     map[int]Credential // by index of Plan.Subjects
	Budget          *budget.Budget     // login budget, which several runs may share; nil: one for this run
	NoLogin         bool               // don't log in, even with a credential
	ForgeableLogin  bool               // allow login where the server's name may come from a forged DNS answer
	CleartextLogin  bool               // allow sending the password in cleartext to endpoints whose security is none
	NoFollowUps     bool               // no follow-ups are made, except trials of what the plan's file expects
	Compare         bool               // it was asked whether mail programs have the same settings
	Programs        bool               // find out which other mail programs would connect: see package probe/diagnose/programs
	Private         bool               // contact nobody except the provider and the resolver
	PrivateFetch    bool               // fetch an issuer's certificate even from a private address, if the mail server has one
	Controls        stage.Controls     // third parties that follow-ups may contact, unless Private; see [PublicControls]
	Mechanism       auth.Mechanism     // the only mechanism to use
	Sender          string             // for MAIL FROM; empty: the subject's address, or a user name that is one
	Recipient       string             // for RCPT TO; empty: the sender. If set, sending is also tried without login where login isn't requested or isn't offered
	Hello           string             // argument of EHLO; empty: the connection's address literal
	Family          string             // "4" or "6", for the header; the Resolver applies it
	ResolverAddress string             // for the header
	Roots           *tlsinspect.Roots  // nil: the system's
	CAFile          bool               // Roots contains a file given by the user
	TrustLocalRoots bool               // accept roots added to this machine like public ones
	CertificateDays int                // warn if fewer days are left
	ConnectTimeout  time.Duration      // per address
	StageTimeout    time.Duration      // for every other stage
	RunTimeout      time.Duration      // for a group of checks that share a host, an address or an account, from the group's start; see NoLimit
	Parallel        int                // checks at a time; connection attempts still unanswered don't count
	PerAddress      int                // dialogues at a time with one address; 0: queue.Dialogues
	Spacing         time.Duration      // the least time between the beginnings of two connections to one address
	Retries         int                // how often a check of the plan that failed is tried again, at most [stage.MaxRepeats]; never after a password was sent that was not accepted
	RetryWait       time.Duration      // before each of those tries
	Transcripts     bool               // keep transcripts in the record, because they will be shown
	Resolver        Resolver           // nil: the system's own
	Dial            dial.Func          // nil: the network
	DialSmall       dial.Func          // like Dial, with segments of [stage.SmallSegment] bytes; nil: Dial, or the network

	// ResolverAt returns a resolver that queries only one name server, "ip:port". nil:
	// one that uses the network.
	ResolverAt func(server string) Resolver

	// Sources were queried before there was a plan, in this order. They start the
	// stream.
	Sources []stage.Source

	// Earlier is what is taken over from a run that is gone on with, its sources included.
	// The plan must be that run's. nil: nothing is.
	Earlier *stage.Taken

	// Discover asks what is published for the domain of a subject whose known settings
	// fail. It is called at the same time for different subjects, and returns what it
	// has when ctx ends. nil: nobody is asked during the run.
	Discover func(ctx context.Context, s stage.Subject) Found

	// Catalogue reports whether a lower-case host name is a server in the embedded
	// catalogue of providers. nil: no host is.
	Catalogue func(host string) bool

	// Linked returns the provider that the web page of this host belongs to, or nil.
	// domain is the account's and may be empty.
	Linked func(host, domain string) *stage.Linked

	System    stage.System // the machine that the run takes place on
	Demo      string       // for the header; has no effect
	Arguments []string     // as typed, for the header
	Flags     []stage.Flag // as typed, for the header
	Sinks     []Sink       // receive the stream as it proceeds
}

// withDefaults returns o with zero values replaced by defaults.
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

// forHeader returns the options that affect the conclusions of the run.
func (o Options) forHeader() stage.Options {
	return stage.Options{
		Login:           !o.NoLogin,
		Password:        len(o.Credentials) > 0,
		Token:           o.tokens(),
		CleartextLogin:  o.CleartextLogin,
		ForgeableLogin:  o.ForgeableLogin,
		FollowUps:       !o.NoFollowUps,
		Programs:        o.Programs,
		Compare:         o.Compare,
		Discovery:       o.Discover != nil,
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
		RunTimeout:      o.limit(),
		CertificateDays: cmp.Or(o.CertificateDays, DefaultCertificateDays),
		Demo:            o.Demo,
		Arguments:       o.Arguments,
		Flags:           o.Flags,
	}
}

// limit returns the time limit of a group; 0 if there is none.
func (o Options) limit() stage.Millis {
	if o.RunTimeout == NoLimit {
		return 0
	}
	return stage.Ms(o.RunTimeout)
}

// tokens reports whether all credentials are access tokens.
func (o Options) tokens() bool {
	for _, c := range o.Credentials {
		if !c.Token {
			return false
		}
	}
	return len(o.Credentials) > 0
}
