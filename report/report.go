package report

import (
	"iter"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// Report is a run put into words, in the order in which it is read. It shares memory
// with the record that it was made from; neither may be changed afterwards.
type Report struct {
	Language *prose.Language // of all its text

	Version  string           // of the maildoctor that made the run
	Commit   string           // the source of that build; empty: not recorded
	Started  time.Time        // in the time zone of the machine that made the run
	Time     stage.Millis     // how long the run took
	Ended    stage.EndState   // [stage.Complete], or what ended the run early
	Title    string           // what was examined, "jane@q.com"
	Notices  []string         // shown first: a demo, an interrupted run, unknown events
	Verdict  Verdict          // the worse of receiving and sending; [WorksWithWarnings] if both work and an expectation is unmet
	File     *stage.SmokeFile // what the plan was made of; nil: arguments
	Exit     *int             // the command's exit code; nil: not known
	Options  stage.Options    // what was requested
	System   stage.System     // where the run was made
	Subjects []stage.Subject  // what was examined, one for each argument

	Receiving  Verdict     // empty if no receiving endpoint was examined
	Sending    Verdict     // empty if no sending endpoint was examined
	TestedUpTo stage.Stage // the last stage requested: [stage.Capabilities] without a login, else the last stage
	// AsFarAsTested is set if no login was requested, so that the verdict does not
	// cover everything.
	AsFarAsTested bool

	Summary        []string       // two to four whole sentences
	Actions        []cause.Action // what to do, in order
	NoAction       Hint           // replaces actions if there are none
	Ways           []chart.Way    // what was seen working in place of failed settings
	Settings       []Settings
	Configured     []Configured   // what mail programs have, next to what works
	ConfiguredNone string         // that no program has the account, if that was asked
	Expectations   []Expectation  // of a smoke file, in its order; none without one
	Sources        []stage.Source // sources that were asked for settings, before there was a plan or by a follow-up
	Rows           []Row
	AllAlike       string // replaces rows that all say the same

	Outcomes    []Outcome     // of each check of the plan, in plan order
	Findings    []Explanation // the leading one first, suppressed ones last
	NotKnown    []string      // what this run cannot decide, and what would
	Open        []string      // questions that would tell more but were not asked
	OpenWords   string        // the same in one line
	Logins      stage.Logins
	LoginWords  string // how many logins were made, in words
	Contacts    []stage.Contact
	Asked       []string // who was contacted, in words
	ThirdParty  []string // those that are neither the provider nor the system's resolver
	NobodyElse  string   // replaces them if --private excluded them
	Run         string   // when, how long, with which profile
	ByPhone     string   // the cause and what to type, to be read out; empty if nothing failed
	FollowUps   []FollowUp
	Made        string    // the follow-ups that were made, in one line
	Programs    *Programs // which other mail programs would connect; nil if that was not requested
	Checks      []stage.CheckRecord
	Transcripts []Transcript

	Against *Comparison // comparison with an older run; nil if there is none
	// NewsOnly is set if what was as bad in the run of Against doesn't make this one fail.
	NewsOnly bool

	known   bool            // a profile names the provider
	title   prose.Value     // Title as a value
	columns func() []Column // computed on demand
	groups  iter.Seq[*Report]
}

// Columns returns a column of facts for each endpoint.
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

// Transcript is what was sent and received on one connection.
type Transcript struct {
	Check string // Check.ID
	Label string // "POP3 995", or with the host if that is needed to distinguish connections
	Lines []stage.Line
}

// New builds the report of a record and its diagnosis, in a language.
func New(l *prose.Language, rec *stage.Record, d diagnose.Diagnosis) *Report {
	return NewFor(l, rec, d, Reader{})
}

// Reader is somebody who uses a mail program.
type Reader struct {
	Program    *dialogs.Program // nil: which one isn't known
	Recognised bool             // by the settings that it was seen to have, and not named
}

// NewFor is like [New] for somebody who uses a mail program: actions say where in it
// settings are changed. If the program was named, the settings to type in are given in
// its labels; one that was recognised has most of them already.
func NewFor(l *prose.Language, rec *stage.Record, d diagnose.Diagnosis, by Reader) *Report {
	v := weigh(rec, d)
	r := &Report{
		Language: l,

		Version:  rec.Header.Version,
		Commit:   rec.Header.Commit,
		Started:  inZone(rec.Header.Started, rec.Header.System.Zone),
		Time:     rec.End.Time,
		Ended:    rec.End.State,
		Title:    l.Text(v.title(rec)),
		known:    chart.ProviderKnown(rec),
		title:    v.title(rec),
		Notices:  sentences(l, notices(rec)...),
		Options:  rec.Header.Options,
		System:   rec.Header.System,
		Subjects: rec.Header.Plan.Subjects,

		Verdict:       v.overall(),
		File:          rec.Header.Plan.File,
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
	r.Expectations = expectations(l, rec, v.judged)
	r.groups = groupsOf(r, rec, by)
	r.Made = l.Text(followUpWords(rec, r.FollowUps))
	r.Summary = sentences(l, summary(rec, v, d)...)
	r.advise(rec, d, v, by)
	r.AllAlike = l.Title(allAlike(rec, v))
	r.Rows = rows(rec, v)
	r.Transcripts = transcripts(l, rec)
	r.Programs = programsOf(l, rec)
	return r
}

// advise adds what to do, and what to type into a mail program.
func (r *Report) advise(rec *stage.Record, d diagnose.Diagnosis, v weighed, by Reader) {
	l, p := r.Language, by.Program
	r.Configured = configured(l, rec, p)
	if r.Options.Compare && !haveServers(r.Configured) {
		r.ConfiguredNone = l.Sentence(say.ConfiguredNone())
	}
	if !v.inVain {
		r.Actions = placed(rec, d, p, actions(rec, d))
	}
	if len(r.Actions) == 0 {
		r.NoAction = noAction(l, rec, v, r.Configured)
	}
	named := p
	if by.Recognised {
		named = nil
	}
	r.Settings = settings(l, rec, v, d, named)
	if p != nil && p.Relayed {
		r.NotKnown = append(r.NotKnown, l.Text(say.DialogOtherWay(prose.Data(p.Name))))
	}
}

// NotesOf returns the lines below a row as text.
func (r *Report) NotesOf(row Row) []string { return texts(r.Language, row.Notes) }

// SummaryText returns the summary as one paragraph.
func (r *Report) SummaryText() string { return strings.Join(r.Summary, " ") }

// inZone converts a time to the zone in which the run took place, "-07:00", so that
// a saved run shows the same hour wherever it is read.
func inZone(t time.Time, zone string) time.Time {
	z, err := time.Parse("-07:00", zone)
	if err != nil {
		return t.UTC()
	}
	_, offset := z.Zone()
	return t.In(time.FixedZone("", offset))
}
