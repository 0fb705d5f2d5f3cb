package reply_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// sample is a line of testdata: the message, its cause, and how near the classifier
// must come.
type sample struct {
	cause    cause.ID
	protocol stage.Protocol
	text     string
	near     string // "": the leading guess; "among": one of them; "none": the words don't tell
	why      string // if it isn't the leading one
}

// samples reads a file of lines "cause | protocol | text | near: why". The protocol
// is present only if protocols is set; the last part is optional.
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
		s := sample{cause: cause.ID(part[0])}
		if protocols && len(part) > 1 {
			s.protocol, part = stage.Protocol(part[1]), part[1:]
		}
		if len(part) < 2 || len(part) > 3 || !slices.Contains(cause.All(), s.cause) {
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

// judge reports whether the guesses come as near to a sample as its line says, and
// no nearer, so that improvements have to be recorded.
func (s sample) judge(t *testing.T, got []reply.Guess) {
	t.Helper()
	at := slices.IndexFunc(got, func(g reply.Guess) bool { return g.Cause == s.cause })
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
	for _, file := range []string{"replies.txt", "messages.txt", "field.txt"} {
		count := make(map[string]int)
		for _, s := range samples(t, file, file == "replies.txt") {
			s.judge(t, reply.Search(s.text, s.protocol))
			count[s.near]++
		}
		t.Logf("%s: %d lead, %d are among the guesses, %d cannot be told by their words", file, count[""], count["among"], count["none"])
	}
}

// The forms in which programs pass on a server's reply.
func TestSearchFindsTheReply(t *testing.T) {
	for _, c := range []struct {
		text string
		p    stage.Protocol
		want cause.ID
	}{
		{"535 5.7.8 Error: authentication failed", "", cause.WrongPassword},
		{"Server replied: 535 5.7.8 Error: authentication failed: authentication failure", "", cause.WrongPassword},
		{"smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted.')", "", cause.WrongPassword},
		{"smtplib.SMTPAuthenticationError: (534, b'5.7.9 Application-specific password required.')", "", cause.AppPasswordRequired},
		{"SMTP Error: Could not authenticate. SMTP code: 534 Additional SMTP info: 5.7.14 <https://accounts.example>", "", cause.WebLoginChallenge},
		{"Error: Invalid login: 535-5.7.8 Username and Password not accepted. For more information, go to", "", cause.WrongPassword},
		{`{"code":"EAUTH","response":"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."}`, "", cause.SMTPAuthDisabledInTenant},
		{"a1 NO [AUTHENTICATIONFAILED] Authentication failed.", "", cause.WrongPassword},
		{"Login to server imap.example.net with username jane failed: NO [ALERT] Application-specific password required", "", cause.AppPasswordRequired},
		{"Sending of the password for user jane did not succeed. Mail server pop.example.net responded: -ERR [SYS/TEMP] later", "", cause.AuthBackendTemporaryFailure},
		{"-ERR [IN-USE] mailbox is locked by another session", "", cause.POP3MaildropLocked},
		{"An error occurred while sending mail. The mail server responded: 5.7.1 <jane@example.org>: Relay access denied", "", cause.SMTPAuthNotConfiguredInClient},
		{"[AUTHENTICATIONFAILED] Invalid credentials", stage.IMAP, cause.WrongPassword},
		{"Nieprawidłowa nazwa użytkownika lub hasło", "", cause.WrongPassword},
		{"NO [WEBALERT https://accounts.example/x] Web login required.", "", cause.WebLoginChallenge},
		{"550 5.7.1 rejected by policy", stage.SMTP, cause.GreetingRefusedByPolicy},
		{"521 host does not accept mail from you", "", cause.GreetingRefusedByPolicy},
	} {
		if g := reply.Search(c.text, c.p); len(g) == 0 || g[0].Cause != c.want {
			t.Errorf("%q: %v, want %s", c.text, g, c.want)
		}
	}
	for _, text := range []string{
		"", " ", "hello", "There is NO mail", "the year 2035 5 apples", "wrong", "220 smtp.example.net ESMTP", "250 OK", "+OK ready", "a1 OK done",
	} {
		if g := reply.Search(text, ""); g != nil {
			t.Errorf("%q means %v", text, g)
		}
	}
	if g := reply.Search("535 5.7.8 Error", stage.IMAP); g != nil {
		t.Errorf("SMTP's words mean %v for IMAP", g)
	}
	late := strings.Repeat("x", reply.MaxMessage) + " 535 5.7.8 authentication failed"
	if g := reply.Search(late, ""); g != nil {
		t.Errorf("what stands beyond the limit means %v", g)
	}
}

// Other numbers, names and languages than those of the samples.
func TestSearchKnowsOtherWordings(t *testing.T) {
	for text, want := range map[string]cause.ID{
		"535 Authentication credentials invalid (Anmeldung fehlgeschlagen)":                                       cause.WrongPassword,
		"535 5.7.0 Bitte ein anwendungsspezifisches Passwort verwenden":                                           cause.AppPasswordRequired,
		"A7 NO [ALERT] Veuillez utiliser un mot de passe d'application":                                           cause.AppPasswordRequired,
		"535 Błąd uwierzytelniania: wygeneruj hasło aplikacji":                                                    cause.AppPasswordRequired,
		"535 Login Fail. 请使用授权码登录":                                                                                cause.AppPasswordRequired,
		"NO Zu viele Fehlversuche, Anmeldung gesperrt":                                                            cause.AccountLockedTooManyAttempts,
		"a NO Mailbox is over quota":                                                                              cause.MailboxFull,
		"550 5.7.1 Message rejected due to content restrictions":                                                  cause.OutboundSendingRestricted,
		"554 no, and no word on why":                                                                              cause.SenderAddressNotPermitted,
		"550-5.7.1 [198.51.100.4] The IP is not authorized to send email directly to us":                          cause.ClientIPDNSBLOnSubmission,
		"a2 NO IMAP ist deaktiviert":                                                                              cause.ProtocolDisabledForAccount,
		"-ERR POP3 n'est pas activé pour ce compte":                                                               cause.ProtocolDisabledForAccount,
		"535 5.7.1 Konto wurde gesperrt":                                                                          cause.AccountSuspended,
		"NO Service vorübergehend nicht erreichbar":                                                               cause.AuthBackendTemporaryFailure,
		"552 Postfach ist voll":                                                                                   cause.MailboxFull,
		"554 5.7.1 You have exceeded your hourly limit of 200 messages per hour":                                  cause.OutboundSendingRestricted,
		"550 5.7.511 Access denied, banned sender":                                                                cause.OutboundSendingRestricted,
		"550 5.7.620 Access denied, banned sending IP [192.0.2.200]":                                              cause.ClientIPDNSBLOnSubmission,
		"554 5.7.1 Client host [198.51.100.7] blocked using dnsbl.example; Listed":                                cause.ClientIPDNSBLOnSubmission,
		"B9 NO [ALERT] Access from your country is not permitted":                                                 cause.GeoOrIPLoginBlock,
		"535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy": cause.ConditionalAccessBlocked,
		"535 5.7.8 IMAP/POP access disabled by administrator":                                                     cause.ProtocolDisabledByAdmin,
		"17 NO Please use your full email address as username":                                                    cause.WrongUsernameFormat,
		"-ERR maildrop locked by session 4711":                                                                    cause.POP3MaildropLocked,
		"Peer certificate CN=`*.hoster.example' did not match expected CN=`mail.example.net'":                     cause.CertNameMismatchHosting,
		"Task 'jane - Receiving' reported error (0x800CCC0D)":                                                     cause.HostnameTypoNXDomain,
		"Task 'jane - Sending' reported error (0x800CCC92): the server rejected your login":                       cause.WrongPassword,
		"curl: (67) Login denied":                                                                                 cause.WrongPassword,
		"[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1007)":                                          cause.TLSSpokenToPlaintextPort,
		"getaddrinfo ENOTFOUND smpt.example.net":                                                                  cause.HostnameTypoNXDomain,
		"java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.":           cause.CertMissingIntermediate,
		"CFNetwork SSLHandshake failed (-9847)":                                                                   cause.TLSServerTooOld,
		"SMTPNotSupportedError: STARTTLS extension not supported by server.":                                      cause.StartTLSNotOfferedByServer,
		"connect ECONNREFUSED 198.51.100.4:465":                                                                   cause.ServiceNotListening,
		"SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY":                                                                  cause.TLSWeakDH,
		"lookup imap.example.net on 192.168.1.1:53: server misbehaving":                                           cause.DNSResolverBroken,
	} {
		if g := reply.Search(text, ""); len(g) == 0 || g[0].Cause != want {
			t.Errorf("%q: %v, want %s", text, g, want)
		}
	}
}

// An enhanced code is more than the digits it begins with.
func TestEnhancedCodesAreWhole(t *testing.T) {
	for code, want := range map[string]cause.ID{
		"5.7.13": cause.AccountSuspended, "5.7.139": cause.WrongPassword, "5.7.8": cause.WrongPassword, "5.7.80": cause.WrongPassword,
	} {
		r := smtpReply(535, code, "535 "+code+" no")
		if g := reply.Classify(stage.Login, stage.SMTP, r); g[0].Cause != want {
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
		got := reply.Search(text, stage.Protocol(protocol))
		seen := make(map[cause.ID]bool)
		for i, g := range got {
			if seen[g.Cause] || !slices.Contains(cause.All(), g.Cause) {
				t.Errorf("%q: %v stands twice, or is no cause", text, g)
			}
			seen[g.Cause] = true
			if i > 0 && rank(got[i-1].Confidence) > rank(g.Confidence) {
				t.Errorf("%q: %v is out of order", text, got)
			}
		}
	})
}

func rank(c cause.Confidence) int {
	return slices.Index([]cause.Confidence{cause.Proven, cause.Likely, cause.Possible}, c)
}

func FuzzClassify(f *testing.F) {
	for _, s := range samples(f, "replies.txt", true) {
		f.Add("login", string(s.protocol), s.text, "", 535, "NO")
	}
	f.Fuzz(func(t *testing.T, at, protocol, text, enhanced string, code int, status string) {
		r := stage.Reply{Code: code, Enhanced: enhanced, Status: status, Lines: []string{text}}
		for _, g := range reply.Classify(stage.Stage(at), stage.Protocol(protocol), r) {
			if !slices.Contains(cause.All(), g.Cause) || rank(g.Confidence) < 0 {
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
				reply.Classify(stage.Login, stage.IMAP, r)
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
				reply.Search(text, "")
			}
		})
	}
}
