package report

import (
	"strings"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Report is a run put into words, in the order in which it is read. It shares
// memory with the record that it was made from; neither may be changed
// afterwards.
type Report struct {
	Language *prose.Language // of all that is said in it

	Version  string          // of the maildoctor that made the run
	Commit   string          // that it was built from; empty: not recorded
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

	Summary  []string       // two to four whole sentences
	Actions  []cause.Action // what to do, in order
	NoAction Hint           // stands in the place of actions, where there are none
	Ways     []chart.Way    // what was seen working round the checks that failed
	Settings []Settings
	Sources  []stage.Source // that were asked for settings before there was a plan
	Rows     []Row
	AllAlike string // stands in the place of rows that all say the same

	Outcomes    []Outcome     // of each check of the plan, in its order
	Findings    []Explanation // the leading one first, suppressed ones last
	NotKnown    []string      // what this run cannot decide, and what would
	Open        []string      // questions that would tell more and that nobody asked
	OpenWords   string        // the same in a line
	Logins      stage.Logins
	LoginWords  string // how many logins were made, in words
	Contacts    []stage.Contact
	Asked       []string // who was contacted, in words
	ThirdParty  []string // those of them who are neither the provider nor the system's resolver
	NobodyElse  string   // stands in their place where --private kept them out
	Run         string   // when, how long, with which profile
	ByPhone     string   // the cause and what to type, to be read out; empty where nothing failed
	FollowUps   []FollowUp
	Made        string    // which follow-ups were made, in a line
	Programs    *Programs // which other mail programs would connect; nil where that was not asked for
	Checks      []stage.CheckRecord
	Transcripts []Transcript

	Against *Comparison // with an older run; nil where there is none

	known   bool            // somebody\'s profile names the provider
	title   prose.Value     // Title, before it was put into words
	columns func() []Column // found out when it is wanted
}

// Columns returns a column of facts for each endpoint, for those who want to read it.
func (r *Report) Columns() []Column {
	if r.columns == nil {
		return nil
	}
	return r.columns()
}

// Explanation is a conclusion with the words of its page.
type Explanation struct {
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

// New arranges a record and what was concluded from it, in a language.
func New(l *prose.Language, rec *stage.Record, d diagnose.Diagnosis) *Report {
	v := weigh(rec, d)
	r := &Report{
		Language: l,

		Version:  rec.Header.Version,
		Commit:   rec.Header.Commit,
		Started:  inZone(rec.Header.Started, rec.Header.System.Zone),
		Time:     rec.End.Time,
		Ended:    rec.End.State,
		Title:    l.Text(title(rec)),
		known:    chart.ProviderKnown(rec),
		title:    title(rec),
		Notices:  sentences(l, notices(rec)...),
		Options:  rec.Header.Options,
		System:   rec.Header.System,
		Subjects: rec.Header.Plan.Subjects,

		Verdict:       v.overall(),
		Receiving:     v.receiving,
		Sending:       v.sending,
		TestedUpTo:    testedUpTo(rec),
		AsFarAsTested: v.partly,

		Sources:    rec.Sources,
		Outcomes:   v.outcomes,
		Ways:       d.Ways,
		Findings:   explanations(l, rec, d),
		NotKnown:   notKnown(l, rec, d, v),
		Open:       sentences(l, openQuestions(d)...),
		OpenWords:  l.Text(openWords(rec, d)),
		Logins:     rec.Logins,
		LoginWords: l.Text(logins(rec, v)),
		Contacts:   rec.Contacts,
		Asked:      texts(l, asked(rec.Contacts)),
		ThirdParty: texts(l, asked(thirdParties(rec))),
		NobodyElse: l.Text(nobodyElse(rec, v)),
		Run:        l.Text(runLine(rec)),
		ByPhone:    l.Text(byPhone(d, v)),
		FollowUps:  followUps(l, rec),
		columns:    sync.OnceValue(func() []Column { return columns(l, rec) }),
		Checks:     rec.Checks,
	}
	r.Made = l.Text(followUpWords(rec, r.FollowUps))
	r.Summary = sentences(l, summary(rec, v, d)...)
	r.Actions = actions(rec, d)
	if len(r.Actions) == 0 {
		r.NoAction = noAction(l, rec, v)
	}
	r.Settings = settings(l, rec, v, d)
	r.AllAlike = l.Title(allAlike(rec, v))
	r.Rows = rows(rec, v)
	r.Transcripts = transcripts(l, rec)
	r.Programs = programsOf(l, rec)
	return r
}

// NotesOf returns the lines below a row in words.
func (r *Report) NotesOf(row Row) []string { return texts(r.Language, row.Notes) }

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
