package stage

import "time"

// StreamFormat is the version of the saved stream. Reading a newer version fails.
const StreamFormat = 1

// Header opens a stream: the circumstances of a run.
type Header struct {
	Format  int       `json:"format"`
	Version string    `json:"version"`          // of maildoctor
	Commit  string    `json:"commit,omitempty"` // the commit that it was built from; empty: not recorded
	Started time.Time `json:"started"`          // the current time for every conclusion drawn from the stream
	System  System    `json:"system"`
	Plan    Plan      `json:"plan"`
	Options Options   `json:"options"`
	Resumed []Resumed `json:"resumed,omitempty"` // when the run was gone on with after it had ended early
}

// Resumed says when a run was gone on with. What had been examined before was taken over.
type Resumed struct {
	At    time.Time `json:"at"`
	Taken int       `json:"taken"` // checks of the plan that were taken over
}

// System describes the machine and network where a run took place.
type System struct {
	OS        string   `json:"os"`
	Arch      string   `json:"arch"`
	Addresses []string `json:"addresses,omitempty"` // of this machine, except loopback
	Resolvers []string `json:"resolvers,omitempty"` // ip:port, as configured
	Proxies   []string `json:"proxies,omitempty"`   // host:port of HTTP proxies that the environment names
	NoRoots   bool     `json:"no_roots,omitempty"`  // the system's root store is empty
	LinkUp    bool     `json:"link_up"`             // an interface other than loopback is up and has an address
	Zone      string   `json:"zone,omitempty"`      // offset from UTC at the start, "-07:00"
}

// EventType says which member of an [Event] is set.
type EventType string

const (
	EventCheck   EventType = "check"   // a follow-up was created
	EventStart   EventType = "start"   // a stage began
	EventResult  EventType = "result"  // a stage ended
	EventAttempt EventType = "attempt" // an address was dialled; may come after the connect stage's result
	EventLookup  EventType = "lookup"  // a name server answered; may come after the resolve stage's result
	EventLine    EventType = "line"    // a line of the transcript
	EventLogin   EventType = "login"   // a login was tried, and how it ended
	EventContact EventType = "contact" // a host was contacted
	EventKernel  EventType = "kernel"  // the kernel's counters for the connection when it closed
	EventDone    EventType = "done"    // the check ended
	EventShared  EventType = "shared"  // further checks raised the question that a follow-up answers; may come after the follow-up's end
	EventMerged  EventType = "merged"  // two groups of checks turned out to be one

	// EventConcluded says that nothing more will come of the group of a check of the plan:
	// its checks have ended, and no question is open that could be asked.
	EventConcluded EventType = "concluded"

	EventSource EventType = "source" // a source of settings was queried: before there was a plan or, with Check, by a follow-up
)

// Event is one thing that happened. Events of one check are ordered by Seq; events of
// different checks may come in any order.
type Event struct {
	Type    EventType     `json:"type"`
	Check   string        `json:"check,omitempty"` // Check.ID
	Seq     int           `json:"seq"`             // counts within the check
	At      Millis        `json:"at_ms"`           // since Header.Started
	Stage   Stage         `json:"stage,omitempty"` // EventStart
	Ordered *Check        `json:"ordered,omitempty"`
	Result  *Result       `json:"result,omitempty"`
	Attempt *Attempt      `json:"attempt,omitempty"`
	Lookup  *Lookup       `json:"lookup,omitempty"`
	Line    *Line         `json:"line,omitempty"`
	Login   *LoginAttempt `json:"login,omitempty"`
	Contact *Contact      `json:"contact,omitempty"`
	Kernel  *Kernel       `json:"kernel,omitempty"`
	Parents []string      `json:"parents,omitempty"` // EventShared: the checks, as in Check.Parents
	Merged  *Merge        `json:"merged,omitempty"`
	Source  *Source       `json:"source,omitempty"`
}

// Merge says that from here on the groups of two checks, the event's and With, are one
// group, because their hosts resolve to the same address. Before names are looked up,
// groups are formed by host and account only (Check.Group).
type Merge struct {
	With    string `json:"with"` // Check.ID
	Address string `json:"address"`
}

// Kernel is the kernel's view of a connection (tcp(7), TCP_INFO).
type Kernel struct {
	RoundTrip   Millis `json:"round_trip_ms"`
	Retransmits int    `json:"retransmits"`
}

// Line is a line of a transcript, without anything that must not be shown.
type Line struct {
	At       Millis `json:"at_ms"` // since Header.Started
	From     Side   `json:"from"`
	Stage    Stage  `json:"stage"`
	Text     string `json:"text"`               // safe to show ([Visible]); without the line ending
	Withheld int    `json:"withheld,omitempty"` // bytes left out; Text then holds what may be shown, if anything
}

// Side says who sent a line.
type Side string

const (
	Client Side = "C" // this machine
	Server Side = "S"
	Remark Side = "-" // maildoctor's own remark, such as "TLS 1.3 begins"
)

// LoginAttempt is a login that used up a ticket of the budget.
type LoginAttempt struct {
	Protocol Protocol `json:"protocol"`
	Accepted bool     `json:"accepted"`
	Wrong    bool     `json:"wrong,omitempty"` // with a wrong password on purpose ([KindWrongPassword])
}

// Contact is a host that was contacted, and why.
type Contact struct {
	Host    string `json:"host,omitempty"`
	Address string `json:"address"` // ip:port
	Why     string `json:"why"`     // "endpoint", "resolver", "issuer", "control", "other resolver", "time", "proxy"
}

// EndState says how a run ended.
type EndState string

const (
	Complete       EndState = "complete"
	WasInterrupted EndState = "interrupted"
	RanOutOfTime   EndState = "out-of-time"
)

// End closes a stream. A stream without one was interrupted.
type End struct {
	State EndState `json:"state"`
	Time  Millis   `json:"ms"` // how long the whole run took
}
