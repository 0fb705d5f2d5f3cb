package diagnose_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// sample is a line of testdata: what was said, what it came from, and how near
// the classifier must come.
type sample struct {
	cause    diagnose.CauseID
	protocol stage.Protocol
	text     string
	near     string // "": the leading guess; "among": one of them; "none": it can't be told from the words
	why      string // where it isn't the leading one
}

// samples reads a file of lines "cause | protocol | text | near: why", the
// protocol only where protocols is set, the last part only where there is one.
func samples(t testing.TB, name string, protocols bool) []sample {
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []sample
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if sc.Text() == "" || strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		part := strings.Split(sc.Text(), " | ")
		s := sample{cause: diagnose.CauseID(part[0])}
		if protocols && len(part) > 1 {
			s.protocol, part = stage.Protocol(part[1]), part[1:]
		}
		if len(part) < 2 || len(part) > 3 || !slices.Contains(diagnose.Causes(), s.cause) {
			t.Fatalf("%s: %q is no sample", name, sc.Text())
		}
		s.text = part[1]
		if len(part) == 3 {
			s.near, s.why, _ = strings.Cut(part[2], ": ")
		}
		all = append(all, s)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// judge reports whether the guesses come as near to a sample as its line says,
// and no nearer: what has become better is to be written down.
func (s sample) judge(t *testing.T, got []diagnose.Guess) {
	t.Helper()
	at := slices.IndexFunc(got, func(g diagnose.Guess) bool { return g.Cause == s.cause })
	near := "among"
	switch {
	case at == 0:
		near = ""
	case at < 0:
		near = "none"
	}
	if near != s.near || s.near != "" && s.why == "" {
		t.Errorf("%s %q: %v, which is %q; want %q (%s)", s.cause, s.text, got, near, s.near, s.why)
	}
}

func TestSamplesAreRecognized(t *testing.T) {
	for _, file := range []string{"replies.txt", "messages.txt"} {
		count := make(map[string]int)
		for _, s := range samples(t, file, file == "replies.txt") {
			s.judge(t, diagnose.Search(s.text, s.protocol))
			count[s.near]++
		}
		t.Logf("%s: %d lead, %d are among the guesses, %d cannot be told by their words", file, count[""], count["among"], count["none"])
	}
}

// The forms in which programs hand on what a server said.
func TestSearchFindsTheReply(t *testing.T) {
	for _, c := range []struct {
		text string
		p    stage.Protocol
		want diagnose.CauseID
	}{
		{"535 5.7.8 Error: authentication failed", "", diagnose.WrongPassword},
		{"Server replied: 535 5.7.8 Error: authentication failed: authentication failure", "", diagnose.WrongPassword},
		{"smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted.')", "", diagnose.WrongPassword},
		{"smtplib.SMTPAuthenticationError: (534, b'5.7.9 Application-specific password required.')", "", diagnose.AppPasswordRequired},
		{"SMTP Error: Could not authenticate. SMTP code: 534 Additional SMTP info: 5.7.14 <https://accounts.example>", "", diagnose.WebLoginChallenge},
		{"Error: Invalid login: 535-5.7.8 Username and Password not accepted. For more information, go to", "", diagnose.WrongPassword},
		{`{"code":"EAUTH","response":"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."}`, "", diagnose.SMTPAuthDisabledInTenant},
		{"a1 NO [AUTHENTICATIONFAILED] Authentication failed.", "", diagnose.WrongPassword},
		{"Login to server imap.example.net with username jane failed: NO [ALERT] Application-specific password required", "", diagnose.AppPasswordRequired},
		{"Sending of the password for user jane did not succeed. Mail server pop.example.net responded: -ERR [SYS/TEMP] later", "", diagnose.AuthBackendTemporaryFailure},
		{"-ERR [IN-USE] mailbox is locked by another session", "", diagnose.POP3MaildropLocked},
		{"An error occurred while sending mail. The mail server responded: 5.7.1 <jane@example.org>: Relay access denied", "", diagnose.SMTPAuthNotConfiguredInClient},
		{"[AUTHENTICATIONFAILED] Invalid credentials", stage.IMAP, diagnose.WrongPassword},
		{"Nieprawidłowa nazwa użytkownika lub hasło", "", diagnose.WrongPassword},
		{"NO [WEBALERT https://accounts.example/x] Web login required.", "", diagnose.WebLoginChallenge},
		{"550 5.7.1 rejected by policy", stage.SMTP, diagnose.GreetingRefusedByPolicy},
		{"521 host does not accept mail from you", "", diagnose.GreetingRefusedByPolicy},
	} {
		if g := diagnose.Search(c.text, c.p); len(g) == 0 || g[0].Cause != c.want {
			t.Errorf("%q: %v, want %s", c.text, g, c.want)
		}
	}
	for _, text := range []string{
		"", " ", "hello", "There is NO mail", "the year 2035 5 apples", "wrong", "220 smtp.example.net ESMTP", "250 OK", "+OK ready", "a1 OK done",
	} {
		if g := diagnose.Search(text, ""); g != nil {
			t.Errorf("%q means %v", text, g)
		}
	}
	if g := diagnose.Search("535 5.7.8 Error", stage.IMAP); g != nil {
		t.Errorf("SMTP's words mean %v for IMAP", g)
	}
	late := strings.Repeat("x", diagnose.MaxMessage) + " 535 5.7.8 authentication failed"
	if g := diagnose.Search(late, ""); g != nil {
		t.Errorf("what stands beyond the limit means %v", g)
	}
}

// Other numbers, names and languages than those of the samples.
func TestSearchKnowsOtherWordings(t *testing.T) {
	for text, want := range map[string]diagnose.CauseID{
		"535 Authentication credentials invalid (Anmeldung fehlgeschlagen)":                                       diagnose.WrongPassword,
		"535 5.7.0 Bitte ein anwendungsspezifisches Passwort verwenden":                                           diagnose.AppPasswordRequired,
		"A7 NO [ALERT] Veuillez utiliser un mot de passe d'application":                                           diagnose.AppPasswordRequired,
		"535 Błąd uwierzytelniania: wygeneruj hasło aplikacji":                                                    diagnose.AppPasswordRequired,
		"535 Login Fail. 请使用授权码登录":                                                                                diagnose.AppPasswordRequired,
		"NO Zu viele Fehlversuche, Anmeldung gesperrt":                                                            diagnose.AccountLockedTooManyAttempts,
		"a NO Mailbox is over quota":                                                                              diagnose.MailboxFull,
		"550 5.7.1 Message rejected due to content restrictions":                                                  diagnose.OutboundSendingRestricted,
		"554 no, and no word on why":                                                                              diagnose.SenderAddressNotPermitted,
		"550-5.7.1 [198.51.100.4] The IP is not authorized to send email directly to us":                          diagnose.ClientIPDNSBLOnSubmission,
		"a2 NO IMAP ist deaktiviert":                                                                              diagnose.ProtocolDisabledForAccount,
		"-ERR POP3 n'est pas activé pour ce compte":                                                               diagnose.ProtocolDisabledForAccount,
		"535 5.7.1 Konto wurde gesperrt":                                                                          diagnose.AccountSuspended,
		"NO Service vorübergehend nicht erreichbar":                                                               diagnose.AuthBackendTemporaryFailure,
		"552 Postfach ist voll":                                                                                   diagnose.MailboxFull,
		"554 5.7.1 You have exceeded your hourly limit of 200 messages per hour":                                  diagnose.OutboundSendingRestricted,
		"550 5.7.511 Access denied, banned sender":                                                                diagnose.OutboundSendingRestricted,
		"550 5.7.620 Access denied, banned sending IP [192.0.2.200]":                                              diagnose.ClientIPDNSBLOnSubmission,
		"554 5.7.1 Client host [198.51.100.7] blocked using dnsbl.example; Listed":                                diagnose.ClientIPDNSBLOnSubmission,
		"B9 NO [ALERT] Access from your country is not permitted":                                                 diagnose.GeoOrIPLoginBlock,
		"535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy": diagnose.ConditionalAccessBlocked,
		"535 5.7.8 IMAP/POP access disabled by administrator":                                                     diagnose.ProtocolDisabledByAdmin,
		"17 NO Please use your full email address as username":                                                    diagnose.WrongUsernameFormat,
		"-ERR maildrop locked by session 4711":                                                                    diagnose.POP3MaildropLocked,
		"Peer certificate CN=`*.hoster.example' did not match expected CN=`mail.example.net'":                     diagnose.CertNameMismatchHosting,
		"Task 'jane - Receiving' reported error (0x800CCC0D)":                                                     diagnose.HostnameTypoNXDomain,
		"Task 'jane - Sending' reported error (0x800CCC92): the server rejected your login":                       diagnose.WrongPassword,
		"curl: (67) Login denied":                                                                                 diagnose.WrongPassword,
		"[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1007)":                                          diagnose.TLSSpokenToPlaintextPort,
		"getaddrinfo ENOTFOUND smpt.example.net":                                                                  diagnose.HostnameTypoNXDomain,
		"java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.":           diagnose.CertMissingIntermediate,
		"CFNetwork SSLHandshake failed (-9847)":                                                                   diagnose.TLSServerTooOld,
		"SMTPNotSupportedError: STARTTLS extension not supported by server.":                                      diagnose.StartTLSNotOfferedByServer,
		"connect ECONNREFUSED 198.51.100.4:465":                                                                   diagnose.ServiceNotListening,
		"SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY":                                                                  diagnose.TLSWeakDH,
		"lookup imap.example.net on 192.168.1.1:53: server misbehaving":                                           diagnose.DNSResolverBroken,
	} {
		if g := diagnose.Search(text, ""); len(g) == 0 || g[0].Cause != want {
			t.Errorf("%q: %v, want %s", text, g, want)
		}
	}
}

// An enhanced code is more than the digits it begins with.
func TestEnhancedCodesAreWhole(t *testing.T) {
	for code, want := range map[string]diagnose.CauseID{
		"5.7.13": diagnose.AccountSuspended, "5.7.139": diagnose.WrongPassword, "5.7.8": diagnose.WrongPassword, "5.7.80": diagnose.WrongPassword,
	} {
		r := smtpReply(535, code, "535 "+code+" no")
		if g := diagnose.Classify(stage.Login, stage.SMTP, r); g[0].Cause != want {
			t.Errorf("%s: %v, want %s", code, g, want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range samples(f, "replies.txt", true) {
		f.Add(s.text, string(s.protocol))
	}
	for _, s := range samples(f, "messages.txt", false) {
		f.Add(s.text, "")
	}
	f.Add("Server replied: (535, b'5.7.", "smtp")
	f.Add("* BYE [", "imap")
	f.Fuzz(func(t *testing.T, text, protocol string) {
		got := diagnose.Search(text, stage.Protocol(protocol))
		seen := make(map[diagnose.CauseID]bool)
		for i, g := range got {
			if seen[g.Cause] || !slices.Contains(diagnose.Causes(), g.Cause) {
				t.Errorf("%q: %v stands twice, or is no cause", text, g)
			}
			seen[g.Cause] = true
			if i > 0 && rank(got[i-1].Confidence) > rank(g.Confidence) {
				t.Errorf("%q: %v is out of order", text, got)
			}
		}
	})
}

func rank(c diagnose.Confidence) int {
	return slices.Index([]diagnose.Confidence{proven, likely, possible}, c)
}

func FuzzClassify(f *testing.F) {
	for _, s := range samples(f, "replies.txt", true) {
		f.Add("login", string(s.protocol), s.text, "", 535, "NO")
	}
	f.Fuzz(func(t *testing.T, at, protocol, text, enhanced string, code int, status string) {
		r := stage.Reply{Code: code, Enhanced: enhanced, Status: status, Lines: []string{text}}
		for _, g := range diagnose.Classify(stage.Stage(at), stage.Protocol(protocol), r) {
			if !slices.Contains(diagnose.Causes(), g.Cause) || rank(g.Confidence) < 0 {
				t.Errorf("%+v means %v", r, g)
			}
		}
	})
}

// One line takes less than 10 microseconds, even one that no row but the last
// knows.
func BenchmarkClassifyLine(b *testing.B) {
	for name, r := range map[string]stage.Reply{
		"known":   imapReply("AUTHENTICATIONFAILED", "a1 NO [AUTHENTICATIONFAILED] Authentication failed."),
		"unknown": {Status: "NO", Lines: []string{"a1 NO an odd sentence of a server that nobody has ever seen, at mx4.example.net"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				diagnose.Classify(stage.Login, stage.IMAP, r)
			}
		})
	}
}

// One message takes less than 200 microseconds.
func BenchmarkSearch(b *testing.B) {
	for name, text := range map[string]string{
		"reply":   "Server replied: 535 5.7.8 Error: authentication failed: authentication failure",
		"message": "tls: failed to verify certificate: x509: certificate signed by unknown authority",
		"unknown": "554 an odd sentence of a server that nobody has ever seen, at mx4.example.net",
		"long":    strings.Repeat("lorem ipsum dolor sit amet ", 150),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				diagnose.Search(text, "")
			}
		})
	}
}
