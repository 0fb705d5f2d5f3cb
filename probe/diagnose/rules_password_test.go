package diagnose_test

import (
	"slices"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// refusedOdd fails a login by PLAIN of a password with these oddities.
func refusedOdd(r stage.Reply, oddities ...stage.Oddity) step {
	return fail(stage.Login, stage.Rejected, &stage.LoginFacts{
		Mechanism: "PLAIN", Offered: []string{"PLAIN", "LOGIN"}, Reply: &r, Encrypted: true, Sent: true, Oddities: oddities,
	})
}

var smtpFailed = smtpReply(535, "5.7.8", "535 5.7.8 authentication failed")

func TestOddPasswords(t *testing.T) {
	odd := func(oddities ...stage.Oddity) *run {
		return newRun().add(imap, refusedOdd(authFailed, oddities...)).add(smtp465, refusedOdd(smtpFailed, oddities...))
	}
	password, wrong := cause.PasswordEncodingOrWhitespace, cause.WrongPassword
	checkCases(t, []ruleCase{
		{"a space, nothing tried", odd(stage.SpaceAtEnd), password, sure{password: likely, wrong: likely}, nil},
		{"without it accepted", odd(stage.SpaceAtEnd).followUp(t, "imap-993/tidy"), password, sure{password: proven}, []cause.ID{wrong}},
		{"without it refused", odd(stage.SpaceAtEnd).followUp(t, "imap-993/tidy", refusedWith("PLAIN", authFailed)), wrong, sure{wrong: likely}, []cause.ID{password}},
		{"not known", odd(stage.SpaceAtEnd).followUp(t, "imap-993/tidy", timeout()), password, sure{password: likely, wrong: likely}, nil},
		{"letters, nothing tried", odd(stage.LettersOfLatin1), wrong, sure{password: possible, wrong: likely}, nil},
		{"letters, in Latin-1", odd(stage.LettersOfLatin1).followUp(t, "imap-993/latin-1"), password, sure{password: proven}, []cause.ID{wrong}},
		{"letters, refused as well", odd(stage.LettersOfLatin1).followUp(t, "imap-993/latin-1", refusedWith("PLAIN", authFailed)), wrong, sure{wrong: likely}, []cause.ID{password}},
		{"taken elsewhere", newRun().add(imap).add(smtp465, refusedOdd(smtpFailed, stage.SpaceAtEnd)), cause.SMTPAndIMAPCredentialsDiffer, nil, []cause.ID{password}},
		{"the words say more", newRun().add(imap, refusedOdd(imapNo("EXPIRED", "[EXPIRED] no"), stage.SpaceAtEnd)), cause.PasswordExpired, nil, []cause.ID{password}},
	})
	r := odd(stage.SpaceAtEnd).followUp(t, "imap-993/tidy")
	checkWords(t, "accepted", r, password, "right except for spaces at the beginning or end", "cannot be sent")
	checkWords(t, "in Latin-1", odd(stage.LettersOfLatin1).followUp(t, "imap-993/latin-1"), password, "old encoding (Latin-1)", "copying")
}

// A run has one extra login, which is used for the most informative question.
func TestOneLoginMore(t *testing.T) {
	wanted := func(r *run, form stage.UserForm) *run {
		r.profile().UserName = form
		return r
	}
	by := func(m string) step {
		return fail(stage.Login, stage.Rejected, &stage.LoginFacts{Mechanism: m, Offered: []string{m, "PLAIN", "LOGIN"}, Reply: &smtpFailed, Encrypted: true, Sent: true})
	}
	byID := func(patterns ...string) *run {
		return wanted(newRun(), stage.FullAddress).with(func(r *stage.Record) {
			s := &r.Header.Plan.Subjects[0]
			s.Kind, s.Domain, s.Address, s.User = stage.SubjectProfile, "", "", "jane"
			s.Profile.Domains, s.Profile.Patterns = []string{"rr.example"}, patterns
		}).add(imap, refusedOdd(authFailed))
	}
	prompted := smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6")
	for _, c := range []struct {
		name string
		run  *run
		want stage.QuestionID
	}{
		{"the name first", wanted(newRun(), stage.LocalPart).add(imap, refusedOdd(authFailed, stage.SpaceAtEnd)), stage.AskUserForm},
		{"the name at the provider's only domain", byID(), stage.AskUserForm},
		{"the name where a pattern stands for more domains", byID("*.rr.example"), stage.AskOtherLogin},
		{"then what was copied", newRun().add(imap, refusedOdd(authFailed, stage.SpaceAtEnd, stage.LettersOfLatin1)), stage.AskTidyPassword},
		{"then the letters", newRun().add(imap, refusedOdd(authFailed, stage.LettersOfLatin1)), stage.AskOtherEncoding},
		{"no Latin-1 for these", newRun().add(imap, refusedOdd(authFailed, stage.LettersBeyond)).add(smtp465, refusedOdd(smtpFailed)), ""},
		{"then PLAIN", newRun().add(smtp465, by("SCRAM-SHA-256")), stage.AskPlainLogin},
		{"then LOGIN", newRun().add(smtp465, by("PLAIN")), stage.AskOtherLogin},
		{"LOGIN, where IMAP took it", newRun().add(imap).add(smtp465, refusedOdd(smtpFailed, stage.SpaceAtEnd)), stage.AskOtherLogin},
		{"all refuse", newRun().add(imap, refusedOdd(authFailed)).add(smtp465, by("PLAIN")), ""},
		{"the prompt of another mechanism", newRun().add(smtp465, refusedOdd(prompted, stage.SpaceAtEnd)), stage.AskOtherLogin},
		{"a page that says why", newRun().note(stage.NoteAppPassword, "An app password.").add(smtp465, by("PLAIN")), ""},
		{"chosen by the user", newRun().with(func(r *stage.Record) { r.Header.Options.Mechanism = "PLAIN" }).add(smtp465, by("PLAIN")), ""},
		{"in clear", newRun().add(smtp465, fail(stage.Login, stage.Rejected, &stage.LoginFacts{Mechanism: "PLAIN", Offered: []string{"LOGIN"}, Reply: &smtpFailed, Sent: true, Oddities: []stage.Oddity{stage.SpaceAtEnd}})), ""},
	} {
		var got []stage.QuestionID
		for _, q := range c.run.diagnose(t).Questions {
			if q.Check.Kind == stage.KindLogin {
				got = append(got, q.Check.Question)
			}
		}
		if want := slices.DeleteFunc([]stage.QuestionID{c.want}, func(q stage.QuestionID) bool { return q == "" }); !slices.Equal(got, want) {
			t.Errorf("%s: asked %v, want %v", c.name, got, want)
		}
	}
}

func TestOtherMechanism(t *testing.T) {
	prompted := smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6")
	byLogin := fail(stage.Login, stage.Rejected, &stage.LoginFacts{Mechanism: "LOGIN", Reply: &prompted, Encrypted: true, Sent: true})
	bad := stage.Reply{Command: "AUTHENTICATE", Status: "BAD", Lines: []string{"a BAD no initial response"}}
	dialect, wrong := cause.SASLDialectIncompatible, cause.WrongPassword
	checkCases(t, []ruleCase{
		{"LOGIN accepted", newRun().add(imap).add(smtp465, refusedOdd(smtpFailed)).followUp(t, "smtp-465/login"), dialect, sure{dialect: proven}, []cause.ID{wrong, cause.SMTPAndIMAPCredentialsDiffer}},
		{"LOGIN refused", newRun().add(smtp465, refusedOdd(smtpFailed)).followUp(t, "smtp-465/login", refusedWith("LOGIN", smtpFailed)), wrong, sure{wrong: likely}, []cause.ID{dialect}},
		{"a prompt, where none was", newRun().add(smtp465, refusedOdd(prompted)), dialect, sure{dialect: likely, wrong: possible}, nil},
		{"the prompt that was answered", newRun().add(smtp465, byLogin), wrong, sure{wrong: likely, dialect: possible}, nil},
		{"BAD", newRun().add(imap, refusedOdd(bad)), dialect, sure{dialect: likely}, []cause.ID{wrong, cause.PasswordEncodingOrWhitespace}},
	})
}

func TestClaimsOfTokens(t *testing.T) {
	failed := imapNo("", "AUTHENTICATE failed.")
	token := func(host string, until time.Duration, audience ...string) *run {
		expires := now.Add(until)
		if until == 0 {
			expires = time.Time{}
		}
		return newRun().add("imap-993 "+host+" tls", fail(stage.Login, stage.Rejected, &stage.LoginFacts{
			Mechanism: "XOAUTH2", Reply: &failed, Encrypted: true, Sent: true, TokenAudience: audience, TokenExpires: expires,
		}))
	}
	const exchange, other, graph = "outlook.office365.com", "imap.example.net", "https://graph.microsoft.com/"
	invalid, scope := cause.OAuthTokenInvalid, cause.OAuthScopeOrAudienceWrong
	checkCases(t, []ruleCase{
		{"for Graph", token(exchange, time.Hour, graph), scope, sure{scope: proven}, []cause.ID{invalid}},
		{"for Graph, elsewhere", token(other, time.Hour, graph), scope, sure{scope: proven}, []cause.ID{invalid}},
		{"for something of one's own, elsewhere", token(other, time.Hour, "api://mail"), invalid, sure{invalid: possible, scope: possible}, nil},
		{"for something else", token(exchange, time.Hour, "api://mail"), scope, sure{scope: proven}, nil},
		{"for mail", token(exchange, time.Hour, "https://outlook.office.com"), invalid, sure{invalid: possible, scope: possible}, nil},
		{"over", token(exchange, -time.Minute, "https://outlook.office.com"), invalid, sure{invalid: proven}, nil},
		{"nothing known", token(exchange, 0), invalid, sure{invalid: possible}, nil},
	})
}

// A server may require another form of the name than the profile's others.
func TestFormOfOneServer(t *testing.T) {
	r := newRun().add(imap, refusedOdd(authFailed)).with(func(r *stage.Record) { r.Checks[0].Check.UserForm = stage.LocalPart })
	checkCases(t, []ruleCase{{"wants the local part", r, "", sure{cause.WrongUsernameFormat: likely}, nil}})
	domain := newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = `NET\jane` }).add(imap, refusedOdd(authFailed))
	for name, want := range map[*run]string{r: "jane", domain: "jane@example.net"} {
		if q := name.diagnose(t).Questions; len(q) != 1 || q[0].Check.User != want {
			t.Errorf("asked %+v, want the name %s", q, want)
		}
	}
}

func TestServersOfTheUserNamesDomain(t *testing.T) {
	at := func(public bool, said stage.Reply) *run {
		return newRun().with(func(r *stage.Record) {
			r.Header.Plan.Subjects[0] = stage.Subject{Kind: stage.SubjectURL, User: "jane@example.com", Own: []stage.Endpoint{{Protocol: stage.IMAP, Host: "imap.example.com", Port: 993, Security: stage.TLS}}}
		}).add(imap, refusedOdd(said)).with(func(r *stage.Record) { r.Checks[0].Check.Public = public })
	}
	region, differ := cause.WrongRegionalServer, cause.SettingsDifferFromProfile
	known, unknown := at(true, authFailed), at(false, authFailed)
	// QQ's service for companies answers an account of QQ Mail like this.
	many := stage.Reply{Command: "AUTHENTICATE", Status: "NO", Lines: []string{
		"a1 NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.",
	}}
	checkCases(t, []ruleCase{
		{"others", known, region, sure{region: likely, cause.WrongPassword: likely}, []cause.ID{differ}},
		{"others, at a server that no profile has", unknown, differ, sure{differ: likely}, []cause.ID{region}},
		{"others, and a reply that leaves all open", at(false, many), differ, sure{differ: likely}, []cause.ID{region}},
	})
	checkWords(t, "others", known, region, "imap.example.com, port 993", "another region, whose")
	checkWords(t, "others, at a server that no profile has", unknown, differ, "enter these settings: imap.example.com, port 993", "It works")
}

// What the servers say to a sender after the login: that it is ignored.
func TestLoginsThatDoNotCount(t *testing.T) {
	said := func(text string) *run {
		r := smtpReply(550, "5.7.1", "550 5.7.1 "+text)
		return newRun().add(smtp465, fail(stage.Submit, stage.Rejected, &stage.SubmitFacts{Reply: &r}))
	}
	auth := cause.SMTPAuthNotConfiguredInClient
	checkCases(t, []ruleCase{
		{"authentication required", said("Authentication required"), auth, sure{auth: likely}, nil},
		{"fetch first", said("You must check for new mail before sending mail"), auth, sure{auth: likely}, nil},
		{"relaying", said("Relaying denied"), auth, sure{auth: possible, cause.SenderAddressNotPermitted: possible}, nil},
	})
	checkWords(t, "still", said("Authentication required"), auth, "accepted the login, but still asks", "POP before SMTP")
	checkWords(t, "fetch", said("You must check for new mail before sending mail"), auth, "POP before SMTP", "still asks")
}
