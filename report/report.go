package report

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Report is a run put into words, in the order in which it is read. It shares
// memory with the record that it was made from; neither may be changed
// afterwards.
type Report struct {
	Version  string          // of the maildoctor that made the run
	Started  time.Time       // in the time zone of the machine that made the run
	Time     stage.Millis    // how long the run took
	Ended    stage.EndState  // [stage.Complete], or what ended the run early
	Title    string          // what was examined, "jane@q.com"
	Notices  []string        // said before all else: a demo, an interrupted run, unknown events
	Verdict  Verdict         // the worse of receiving and sending
	Options  stage.Options   // what was asked for
	System   stage.System    // where the run took place
	Subjects []stage.Subject // what was examined, one for each argument

	Receiving  Verdict     // empty where no receiving endpoint was examined
	Sending    Verdict     // empty where no sending endpoint was examined
	TestedUpTo stage.Stage // how far was asked: [stage.Capabilities] without a login, else the last stage
	// AsFarAsTested is set where a login was not asked for, so that the verdict
	// speaks of less than the whole.
	AsFarAsTested bool

	Summary  []string // two to four whole sentences
	Actions  []Action // what to do, in order
	NoAction string   // stands in the place of actions, where there are none
	Settings []Settings
	Rows     []Row
	AllAlike string // stands in the place of rows that all say the same

	Outcomes    []Outcome     // of each check of the plan, in its order
	Findings    []Finding     // the leading one first, suppressed ones last
	NotKnown    []string      // what this run cannot decide, and what would
	Open        []prose.Value // questions that would tell more and that nobody asked
	OpenWords   prose.Value   // the same in a line
	Logins      stage.Logins
	LoginWords  string // how many logins were made, in words
	Contacts    []stage.Contact
	Asked       []string    // who was contacted, in words
	ThirdParty  []string    // those of them who are neither the provider nor the system's resolver
	NobodyElse  prose.Value // stands in their place where --private kept them out
	Run         string      // when, how long, with which profile
	FollowUps   []FollowUp
	Made        prose.Value // which follow-ups were made, in a line
	Evidence    []Evidence  // a column for each endpoint
	Checks      []stage.CheckRecord
	Transcripts []Transcript

	Against *Comparison // with an older run; nil where there is none
}

// Action is one thing to do.
type Action struct {
	Who   cause.Who // who can do it
	Party string    // the same in words, "You", "Your provider"
	Text  string    // one or more whole sentences
}

// Finding is a conclusion with the words of its page.
type Finding struct {
	diagnose.Finding
	Title  string // one line
	Action string // the first thing to do
}

// Transcript is what was said on one connection.
type Transcript struct {
	Check string // Check.ID
	Label string // "POP3 995", or with the host where that would not tell connections apart
	Lines []stage.Line
}

// New arranges a record and what was concluded from it.
func New(rec *stage.Record, d diagnose.Diagnosis) *Report {
	v := weigh(rec, d)
	found := ways(rec, v)
	r := &Report{
		Version:  rec.Header.Version,
		Started:  inZone(rec.Header.Started, rec.Header.System.Zone),
		Time:     rec.End.Time,
		Ended:    rec.End.State,
		Title:    title(rec),
		Notices:  notices(rec),
		Options:  rec.Header.Options,
		System:   rec.Header.System,
		Subjects: rec.Header.Plan.Subjects,

		Verdict:       v.overall(),
		Receiving:     v.receiving,
		Sending:       v.sending,
		TestedUpTo:    testedUpTo(rec),
		AsFarAsTested: v.partly,

		Outcomes:   v.outcomes,
		Findings:   findings(d),
		NotKnown:   notKnown(d, v),
		Open:       openQuestions(d),
		OpenWords:  openWords(rec, d),
		Logins:     rec.Logins,
		LoginWords: loginWords(rec, v),
		Contacts:   rec.Contacts,
		Asked:      asked(rec.Contacts),
		ThirdParty: asked(thirdParties(rec)),
		NobodyElse: nobodyElse(rec, v),
		Run:        runLine(rec),
		FollowUps:  followUps(rec),
		Evidence:   evidence(rec),
		Checks:     rec.Checks,
	}
	r.Made = followUpWords(rec, r.FollowUps)
	r.Summary = summary(rec, v, d, found)
	r.Actions = actions(rec, d, found)
	if len(r.Actions) == 0 {
		r.NoAction = noAction(rec, v)
	}
	r.Settings = settings(rec, v, d)
	r.AllAlike = allAlike(rec, v)
	r.Rows = rows(rec, d, v)
	r.Transcripts = transcripts(rec)
	return r
}

// SummaryText is the summary as one paragraph.
func (r *Report) SummaryText() string { return strings.Join(r.Summary, " ") }

// inZone moves a time into the zone in which the run took place, "-07:00"; a
// saved run then shows the same hour wherever it is read.
func inZone(t time.Time, zone string) time.Time {
	z, err := time.Parse("-07:00", zone)
	if err != nil {
		return t.UTC()
	}
	_, offset := z.Zone()
	return t.In(time.FixedZone("", offset))
}
