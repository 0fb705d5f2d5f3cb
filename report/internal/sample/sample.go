// Package sample has runs as they might have been recorded, for the tests of the
// renderers. Everything in them is invented except the settings, which are those of
// the embedded catalogue; addresses are from RFC 5737 and RFC 3849.
package sample

import (
	"encoding/json"
	"time"

	"maildoctor/probe/stage"
)

// Case is a recorded run with a name, which is also that of its golden files.
type Case struct {
	Name   string
	Stream *stage.Stream
}

// Record folds a run from its events, as if they were read back from a file.
func (c Case) Record() *stage.Record {
	b, err := json.Marshal(c.Stream)
	if err != nil {
		panic(err)
	}
	var s stage.Stream
	if err := json.Unmarshal(b, &s); err != nil {
		panic(err)
	}
	return stage.Fold(&s)
}

// Cases returns all runs.
func Cases() []Case {
	return []Case{
		{"healthy", healthy().stream()},
		{"wrong-password", wrongPassword().stream()},
		{"port-blocked", portBlocked().stream()},
		{"no-password", noPassword().stream()},
		{"offline", offline().stream()},
		{"cleartext", cleartext().stream()},
		{"optional-imap", optionalIMAP().stream()},
		{"expired-certificate", expiredCertificate().stream()},
		{"interception", interception().stream()},
		{"interrupted", interrupted().stream()},
		{"several", several().stream()},
		{"two-people", twoPeople().stream()},
		{"dead-ipv6", deadIPv6().stream()},
		{"sibling", sibling().stream()},
		{"sibling-no-password", siblingNoPassword().stream()},
		{"all-dropped", allDropped().stream()},
		{"clock", clock().stream()},
		{"outdated", outdated(true).stream()},
		{"outdated-no-password", outdated(false).stream()},
		{"other-programs", programs().stream()},
		{"configured", configured().stream()},
		{"many", many().stream()},
		{"fickle", fickle().stream()},
		{"smoke", smoke().stream()},
		{"smoke-runs-out", smokeRunsOut().stream()},
		{"smoke-unjudged", smokeUnjudged().stream()},
	}
}

// Get returns the run with a name. It panics if there is none.
func Get(name string) Case {
	for _, c := range Cases() {
		if c.Name == name {
			return c
		}
	}
	panic("no sample run of the name " + name)
}

// Started is when every sample run began.
var Started = time.Date(2026, 11, 22, 21, 2, 0, 0, time.UTC)

const (
	pop  = "pop3-995"
	imap = "imap-993"
	smtp = "smtp-587"
)

// run collects the contents of a stream.
type run struct {
	header stage.Header
	events []stage.Event
	end    *stage.End
	seq    map[string]int
	asked  []stage.Check // follow-ups
}

func (r *run) stream() *stage.Stream {
	return &stage.Stream{Header: r.header, Events: r.events, End: r.end}
}

// jane is a run for jane@q.com with a password.
func jane() *run {
	profile := CenturyLink()
	return &run{
		header: stage.Header{
			Format: stage.StreamFormat, Version: "0.1.0", Started: Started,
			System: stage.System{
				OS: "windows", Arch: "amd64", LinkUp: true, Zone: "-07:00",
				Addresses: []string{"192.168.1.23"}, Resolvers: []string{"192.168.1.1:53"},
			},
			Plan: stage.Plan{
				Subjects: []stage.Subject{{
					Argument: "jane@q.com", Kind: stage.SubjectAddress,
					Domain: "q.com", Address: "jane@q.com", User: "jane@q.com", Profile: profile,
				}},
				Checks: []stage.Check{
					{ID: pop, Kind: stage.KindEndpoint, Endpoint: profile.Endpoints[0]},
					{ID: imap, Kind: stage.KindEndpoint, Endpoint: profile.Endpoints[1], Optional: true, Note: stage.NoteIMAPUnsupported},
					{ID: smtp, Kind: stage.KindEndpoint, Endpoint: profile.Endpoints[2]},
				},
			},
			Options: stage.Options{
				Login: true, Password: true, FollowUps: true, CertificateDays: 14,
				ConnectTimeout: ms(10_000), StageTimeout: ms(30_000), RunTimeout: ms(90_000),
			},
		},
		end: &stage.End{State: stage.Complete, Time: ms(742)},
		seq: make(map[string]int),
	}
}

// CenturyLink is the profile of the embedded catalogue, as a plan holds it.
func CenturyLink() *stage.Profile {
	return &stage.Profile{
		ID: "centurylink", Name: "CenturyLink", Date: "2026-11-22", Source: "the page POP and SMTP server settings", Builtin: true,
		Domains: []string{
			"centurylink.net", "q.com", "elpasotel.net", "embarqmail.com", "centurytel.net", "cswnet.com", "clds.net",
			"coastalnow.net", "cochill.net", "emadisonriver.com", "emadisonriver.net", "gallatinriver.net", "grics.net",
			"gulftel.com", "madisonriver.biz", "mebtel.net", "qwest.net",
		},
		UserName: stage.FullAddress, MailboxBytes: 700_000_000, MessageBytes: 10_000_000,
		Endpoints: []stage.Endpoint{
			{Protocol: stage.POP3, Host: "pop.centurylink.net", Port: 995, Security: stage.TLS},
			{Protocol: stage.IMAP, Host: "mail.centurylink.net", Port: 993, Security: stage.TLS},
			{Protocol: stage.SMTP, Host: "smtp.centurylink.net", Port: 587, Security: stage.StartTLSIfOffered},
		},
		Notes: []stage.Note{
			{ID: stage.NoteIMAPUnsupported, Text: "The page lists an IMAP server and says that IMAP is not currently supported."},
			{ID: stage.NoteLeaveCopyOnServer, Text: "Leave a copy of your mail on the server."},
			{ID: stage.NoteSeparateAccountLogin, Text: "The e-mail login differs from the My CenturyLink login."},
			{ID: stage.NotePort25Filtered, Text: "CenturyLink filters port 25."},
		},
	}
}

func ms(n float64) stage.Millis { return stage.Ms(time.Duration(n * float64(time.Millisecond))) }

// add appends an event of a check.
func (r *run) add(e stage.Event) {
	e.Seq = r.seq[e.Check]
	r.seq[e.Check]++
	r.events = append(r.events, e)
}

// pass records a stage that passed.
func (r *run) pass(check string, s stage.Stage, took float64, f stage.Facts) {
	r.result(check, stage.Result{Stage: s, Status: stage.Pass, Time: ms(took), Facts: f})
}

// fail records a stage that failed.
func (r *run) fail(check string, s stage.Stage, took float64, fault stage.Fault, f stage.Facts) {
	r.result(check, stage.Result{Stage: s, Status: stage.Fail, Time: ms(took), Fault: fault, Facts: f})
	r.add(stage.Event{Type: stage.EventDone, Check: check})
}

// skip records stages that were not tried.
func (r *run) skip(check string, why stage.Reason, stages ...stage.Stage) {
	for _, s := range stages {
		r.result(check, stage.Result{Stage: s, Status: stage.Skip, Reason: why})
	}
}

func (r *run) result(check string, res stage.Result) {
	r.add(stage.Event{Type: stage.EventResult, Check: check, Result: &res})
}

func (r *run) done(check string) { r.add(stage.Event{Type: stage.EventDone, Check: check}) }

// say records lines of a transcript, "S 220 ready".
func (r *run) say(check string, s stage.Stage, lines ...string) {
	for i, l := range lines {
		r.add(stage.Event{Type: stage.EventLine, Check: check, Line: &stage.Line{
			At: ms(float64(60 + 40*i)), From: stage.Side(l[:1]), Stage: s, Text: l[2:],
		}})
	}
}

func (r *run) login(check string, p stage.Protocol, accepted bool) {
	r.add(stage.Event{Type: stage.EventLogin, Check: check, Login: &stage.LoginAttempt{Protocol: p, Accepted: accepted}})
}

func (r *run) contact(check, host, address, why string) {
	r.add(stage.Event{Type: stage.EventContact, Check: check, Contact: &stage.Contact{Host: host, Address: address, Why: why}})
}
