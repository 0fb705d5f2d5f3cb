// Package starter writes a smoke file to begin with: the servers of a run, each with
// what the run has seen of it as expectations. Comments say what else there is.
package starter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/smoke"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// width is the width of comments, in columns.
const width = 78

// writer writes one file.
type writer struct {
	bytes.Buffer
	l     *prose.Language
	begun bool // there is an endpoint
}

// Write returns a smoke file. rec is a run without login; nil: there was none, and the
// file has an example. file is the name for commands in comments.
func Write(l *prose.Language, rec *stage.Record, outcomes []report.Outcome, file string) []byte {
	w := &writer{l: l}
	w.head(file)
	if rec == nil {
		w.example()
		return w.Bytes()
	}
	as := accountsOf(rec)
	w.accounts(as)
	for i := range rec.Header.Plan.Subjects {
		w.subject(rec, i, as, outcomes)
	}
	return w.Bytes()
}

// head writes what the file is, and the defaults.
func (w *writer) head(file string) {
	w.line("#:schema ./%s", smoke.SchemaName)
	w.comment(w.l.Title(say.InitWhat()))
	w.line("#   %s", w.l.Text(console.Command("maildoctor", "check", "--file", file)))
	w.comment(w.l.Title(say.InitSchema()))
	w.line("#   %s", w.l.Text(console.Command("maildoctor", "init", "--schema", "--output", smoke.SchemaName)))
	w.line("")
	w.comment(w.l.Sentence(say.InitAbove()))
	w.comment(w.l.Sentence(say.InitSeverity()))
	w.comment(w.l.Title(say.InitAll()))
	for _, e := range examples {
		w.line("# %s = %s", e.id, e.value)
	}
}

// examples are values of all expectations.
var examples = []struct {
	id    stage.ExpectationID
	value string
}{
	{stage.ExpectReachable, `"both"`},
	{stage.ExpectSecurity, `["tls", "starttls"]`},
	{stage.ExpectTLSMin, `"1.2"`},
	{stage.ExpectCertificateDays, `{ value = 14, severity = "warn" }`},
	{stage.ExpectCertificateNames, `["mail.example.com"]`},
	{stage.ExpectCertificateIssuer, `"Example"`},
	{stage.ExpectCertificateKey, `2048`},
	{stage.ExpectStartTLSOffered, `true`},
	{stage.ExpectLoginNeedsTLS, `true`},
	{stage.ExpectMechanisms, `["PLAIN"]`},
	{stage.ExpectNoMechanisms, `["CRAM-MD5"]`},
	{stage.ExpectCapabilities, `["IDLE"]`},
	{stage.ExpectLogin, `true`},
	{stage.ExpectWrongPassword, `true`},
	{stage.ExpectSender, `"jane@example.com"`},
	{stage.ExpectSize, `"25 MB"`},
	{stage.ExpectQuota, `"90%"`},
	{stage.ExpectNoRelay, `true`},
	{stage.ExpectGreeting, `"2s"`},
	{stage.ExpectReady, `"5s"`},
	{stage.ExpectDiscovery, `true`},
	{stage.ExpectNoCause, `["wrong-password"]`},
}

// example writes an endpoint to replace.
func (w *writer) example() {
	w.line("\n[[account]]\nname = %s\nuser = %s", quoted("probe"), quoted("probe@example.com"))
	w.sources()
	w.endpoint()
	w.comment(w.l.Sentence(say.InitExample()))
	w.line("url = %s\naccount = %s", quoted("imaps://imap.example.com"), quoted("probe"))
	w.login()
}

// endpoint begins an endpoint. The first says what else it may have.
func (w *writer) endpoint() {
	w.line("\n[[endpoint]]")
	if !w.begun {
		w.comment(w.l.Title(say.InitNamed()))
		w.line("# name = %s", quoted("inbox"))
		w.line("# labels = [%s, %s]", quoted("production"), quoted("eu"))
	}
	w.begun = true
}

// sources writes the keys that say where a password comes from.
func (w *writer) sources() {
	for _, s := range []struct{ key, value string }{
		{"password-env", "MAIL_PASSWORD"}, {"password-file", "/run/secrets/mail"}, {"password-command", "print-password"}, {"token-command", "print-token"},
	} {
		w.line("# %s = %s", s.key, quoted(s.value))
	}
}

// login writes the expectations that need a password.
func (w *writer) login() {
	w.comment(w.l.Sentence(say.InitLogin()))
	w.line("# login = true")
}

// subject writes the servers of one argument.
func (w *writer) subject(rec *stage.Record, subject int, as []account, outcomes []report.Outcome) {
	s, found := rec.Header.Plan.Subjects[subject], false
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if c.Check.Subject != subject || c.Check.FollowUp() {
			continue
		}
		found = true
		w.endpoint()
		if s.Kind != stage.SubjectURL {
			w.comment(w.l.Sentence(say.InitFrom(prose.Data(s.Argument))))
		}
		w.failure(c, outcomes)
		w.server(rec, c, named(as, subject, userOf(s, c)))
	}
	if !found {
		w.endpoint()
		w.comment(w.l.Sentence(say.InitNothing(prose.Data(s.Argument))))
		w.line("%s = %s", s.Kind, quoted(s.Argument))
	}
}

// failure says that a server didn't work.
func (w *writer) failure(c *stage.CheckRecord, outcomes []report.Outcome) {
	if c.Failed() == nil && c.Done {
		return
	}
	for _, o := range outcomes {
		if o.Check == c.Check.ID && o.Cause != "" {
			w.comment(w.l.Title(say.InitFailed(prose.Data(string(o.Cause)))))
			w.line("#   %s", w.l.Text(console.Command("maildoctor", "explain", string(o.Cause))))
			return
		}
	}
	w.comment(w.l.Sentence(say.InitBroken()))
}

// comment writes a paragraph as a comment.
func (w *writer) comment(text string) {
	for line := range strings.SplitSeq(ansi.Wordwrap(stage.Visible(text), width-2, " "), "\n") {
		w.line("# %s", strings.TrimSpace(line))
	}
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// quoted returns a text as a string of TOML, whose escapes are those of JSON. Control
// characters are made visible: no user name has them.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(stage.Visible(text)); err != nil {
		panic(err) // impossible: it is a string
	}
	return strings.TrimSuffix(b.String(), "\n")
}
