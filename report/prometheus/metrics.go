package prometheus

import (
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// adder adds a value with the values of the labels that the metric has of its own.
type adder func(value float64, labels ...string)

// metric is one row of the table: what a metric is called, and what it is. Either run or
// endpoint is set.
type metric struct {
	name     string // without the prefix
	help     prose.Value
	labels   []string // its own; those of an endpoint come before them
	run      func(*report.Report, adder)
	endpoint func(*endpoint, adder)
}

// metrics are all of them. Names and labels are stable.
var metrics = []metric{
	{name: "build_info", help: say.MetricBuild(), labels: []string{"version", "commit"}, run: build},
	{name: "smoke_file_info", help: say.MetricFile(), labels: []string{"checksum"}, run: smokeFile},
	{name: "run_start_timestamp_seconds", help: say.MetricStarted(), run: started},
	{name: "run_duration_seconds", help: say.MetricDuration(), run: func(r *report.Report, add adder) { add(r.Time.Duration().Seconds()) }},
	{name: "run_complete", help: say.MetricComplete(), run: func(r *report.Report, add adder) { add(Truth(r.Ended == stage.Complete)) }},
	{name: "run_success", help: say.MetricSuccess(), run: func(r *report.Report, add adder) { add(Truth(succeeded(r))) }},
	{name: "run_verdict", help: say.MetricVerdict(), labels: []string{"verdict"}, run: func(r *report.Report, add adder) { verdict(r.Verdict, add) }},
	{name: "run_receiving_verdict", help: say.MetricReceiving(), labels: []string{"verdict"}, run: func(r *report.Report, add adder) { verdict(r.Receiving, add) }},
	{name: "run_sending_verdict", help: say.MetricSending(), labels: []string{"verdict"}, run: func(r *report.Report, add adder) { verdict(r.Sending, add) }},
	{name: "run_endpoints", help: say.MetricEndpoints(), labels: []string{"verdict"}, run: counted},
	{name: "run_logins", help: say.MetricLogins(), labels: []string{"outcome"}, run: logins},
	{name: "run_expectations", help: say.MetricExpectations(), labels: []string{"outcome"}, run: expectations},

	{name: "endpoint_verdict", help: say.MetricEndpointVerdict(), labels: []string{"verdict"}, endpoint: func(e *endpoint, add adder) { verdict(e.Verdict, add) }},
	{name: "endpoint_success", help: say.MetricEndpointSuccess(), endpoint: success},
	{name: "endpoint_cause_info", help: say.MetricEndpointCause(), labels: []string{"cause", "confidence"}, endpoint: leading},
	{name: "endpoint_duration_seconds", help: say.MetricEndpointDuration(), endpoint: duration},
	{name: "endpoint_stage_duration_seconds", help: say.MetricEndpointStage(), labels: []string{"stage"}, endpoint: stages(func(r *stage.Result) float64 { return r.Time.Duration().Seconds() })},
	{name: "endpoint_stage_passed", help: say.MetricEndpointPassed(), labels: []string{"stage"}, endpoint: stages(func(r *stage.Result) float64 { return Truth(r.Status != stage.Fail) })},
	{name: "endpoint_family_answered", help: say.MetricEndpointFamily(), labels: []string{"family"}, endpoint: answered},
	{name: "endpoint_tls_info", help: say.MetricEndpointTLS(), labels: []string{"version"}, endpoint: ofTLS(tlsVersion)},
	{name: "endpoint_certificate_not_after_timestamp_seconds", help: say.MetricEndpointNotAfter(), endpoint: ofTLS(notAfter)},
	{name: "endpoint_chain_not_after_timestamp_seconds", help: say.MetricEndpointChain(), endpoint: ofTLS(firstNotAfter)},
	{name: "endpoint_certificate_verified", help: say.MetricEndpointVerified(), endpoint: ofTLS(verified)},
	{name: "endpoint_login", help: say.MetricEndpointLogin(), labels: []string{"outcome"}, endpoint: loggedIn},
	{name: "endpoint_login_withheld", help: say.MetricEndpointWithheld(), endpoint: withheld},
	{name: "endpoint_message_size_limit_bytes", help: say.MetricEndpointMessageSize(), endpoint: func(e *endpoint, add adder) { known(new(e.sizeLimit()), 1, add) }},
	{name: "endpoint_mailbox_used_bytes", help: say.MetricEndpointQuotaUsed(), endpoint: ofMailbox(func(f *stage.MailboxFacts, add adder) { known(used(f), 0, add) })},
	{name: "endpoint_mailbox_quota_bytes", help: say.MetricEndpointQuotaLimit(), endpoint: ofMailbox(func(f *stage.MailboxFacts, add adder) { known(f.QuotaLimit, 0, add) })},
	{name: "endpoint_mailbox_messages", help: say.MetricEndpointMessages(), endpoint: ofMailbox(func(f *stage.MailboxFacts, add adder) { known(f.Messages, 0, add) })},

	{name: "expectation_met", help: say.MetricExpectationMet(), labels: append([]string{"expectation", "severity"}, endpointLabels...), run: met},
}

// Truth returns the value of a metric that says yes or no: 1 or 0.
func Truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// unix returns the seconds since 1970.
func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func build(r *report.Report, add adder) {
	if r.Version != "" {
		add(1, r.Version, r.Commit)
	}
}

func smokeFile(r *report.Report, add adder) {
	if r.File != nil {
		add(1, r.File.SHA256)
	}
}

func started(r *report.Report, add adder) {
	if !r.Started.IsZero() {
		add(unix(r.Started))
	}
}

// succeeded reports whether the run exits with 0. An interrupted one doesn't.
func succeeded(r *report.Report) bool {
	return r.Ended != stage.WasInterrupted && r.ExitCode(false) == 0
}

// verdicts are the values of the label of that name.
var verdicts = []report.Verdict{report.Works, report.WorksWithWarnings, report.DoesNotWork, report.Unknown}

// verdict adds 1 for v and 0 for the others; nothing if v is empty.
func verdict(v report.Verdict, add adder) {
	if v == "" {
		return
	}
	for _, x := range verdicts {
		add(Truth(x == v), string(x))
	}
}

func counted(r *report.Report, add adder) {
	c := r.Counts()
	for i, n := range []int{c.Works, c.Warnings, c.Fails, c.Unknown} {
		add(float64(n), string(verdicts[i]))
	}
}

func logins(r *report.Report, add adder) {
	add(float64(r.Logins.Tried-r.Logins.Failed), "accepted")
	add(float64(r.Logins.Failed), "not-accepted")
}

func expectations(r *report.Report, add adder) {
	if len(r.Expectations) == 0 {
		return
	}
	c := r.Counts()
	add(float64(c.Met), string(report.ExpectationMet))
	add(float64(c.Unmet), string(report.ExpectationUnmet))
	add(float64(c.NotJudged), string(report.ExpectationNotJudged))
}

func success(e *endpoint, add adder) {
	if e.Verdict != report.Unknown {
		add(Truth(e.Verdict != report.DoesNotWork))
	}
}

func leading(e *endpoint, add adder) {
	if e.Cause != "" {
		add(1, string(e.Cause), string(e.Confidence))
	}
}

func duration(e *endpoint, add adder) {
	if e.Time > 0 {
		add(e.Time.Duration().Seconds())
	}
}

// stages adds a value for each stage that was reached.
func stages(of func(*stage.Result) float64) func(*endpoint, adder) {
	return func(e *endpoint, add adder) {
		for i := range e.Results {
			if r := &e.Results[i]; r.Status != stage.Skip {
				add(of(r), string(r.Stage))
			}
		}
	}
}

func answered(e *endpoint, add adder) {
	tried := e.families()
	for _, f := range []string{"ipv4", "ipv6"} {
		if yes, ok := tried[f]; ok {
			add(Truth(yes), f)
		}
	}
}

// ofTLS is for what a handshake shows, completed or not.
func ofTLS(of func(*stage.TLSFacts, adder)) func(*endpoint, adder) {
	return func(e *endpoint, add adder) {
		if f := stage.FactsOf[*stage.TLSFacts](e.CheckRecord); f != nil {
			of(f, add)
		}
	}
}

func tlsVersion(f *stage.TLSFacts, add adder) {
	if v, ok := strings.CutPrefix(f.Version, "TLS "); ok {
		add(1, v)
	}
}

func notAfter(f *stage.TLSFacts, add adder) {
	if len(f.Chain) > 0 {
		add(unix(f.Chain[0].NotAfter))
	}
}

func firstNotAfter(f *stage.TLSFacts, add adder) {
	if len(f.Chain) == 0 {
		return
	}
	first := f.Chain[0].NotAfter
	for _, c := range f.Chain[1:] {
		if c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	add(unix(first))
}

func verified(f *stage.TLSFacts, add adder) {
	if len(f.Chain) > 0 {
		add(Truth(f.Verified))
	}
}

func loggedIn(e *endpoint, add adder) {
	came := e.login()
	if came == "" {
		return
	}
	for _, x := range loginOutcomes {
		add(Truth(x == came), string(x))
	}
}

// withheld is for endpoints at which a login was requested.
func withheld(e *endpoint, add adder) {
	if r := e.Result(stage.Login); r != nil && e.Tested.User != "" {
		add(Truth(r.Status == stage.Skip && r.Reason == stage.LoginBudget))
	}
}

// ofMailbox is for what an opened mailbox shows.
func ofMailbox(of func(*stage.MailboxFacts, adder)) func(*endpoint, adder) {
	return func(e *endpoint, add adder) {
		if f := stage.FactsOf[*stage.MailboxFacts](e.CheckRecord); f != nil {
			of(f, add)
		}
	}
}

// used returns how much of a mailbox is used in bytes: what counts for the quota or,
// with POP3, the size of the maildrop.
func used(f *stage.MailboxFacts) *int64 {
	if f.QuotaUsed != nil {
		return f.QuotaUsed
	}
	return f.Bytes
}

// known adds a number, unless there is none or it is below least.
func known(n *int64, least int64, add adder) {
	if n != nil && *n >= least {
		add(float64(*n))
	}
}

func met(r *report.Report, add adder) {
	all := make(map[string]*endpoint)
	of := endpoints(r)
	for i := range of {
		all[of[i].Outcome.Check] = &of[i]
	}
	for _, x := range r.Expectations {
		if e, ok := all[x.Check]; ok && x.Outcome != report.ExpectationNotJudged {
			add(Truth(x.Outcome == report.ExpectationMet), append([]string{string(x.ID), string(x.Severity)}, e.labels()...)...)
		}
	}
}
