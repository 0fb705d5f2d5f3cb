package installed

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// fuzz reads any text in a format: it doesn't panic, it takes no longer than its length
// explains, and what it finds is bounded and fit to be shown.
func fuzz(f *testing.F, name string) {
	for _, tt := range readings {
		if tt.format == name {
			f.Add([]byte(tt.text))
		}
	}
	for _, text := range secrets[name] {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		begun := time.Now()
		found := readAs(t, name, string(data))
		if d := time.Since(begun); d > 5*time.Second {
			t.Errorf("it took %v for %d bytes", d, len(data))
		}
		sound(t, found)
	})
}

// sound fails unless all that was found is bounded and can be shown.
func sound(t *testing.T, found Found) {
	t.Helper()
	if len(found.Accounts) > maxAccounts {
		t.Errorf("%d accounts", len(found.Accounts))
	}
	fit := func(texts ...string) {
		t.Helper()
		for _, s := range texts {
			if len(s) > 8*maxValue || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%q can't be shown", s)
			}
		}
	}
	for _, a := range found.Accounts {
		if len(a.Servers) == 0 || len(a.Servers) > maxServers || len(a.stored) != len(a.Servers) {
			t.Errorf("%d servers, %d passwords", len(a.Servers), len(a.stored))
		}
		fit(a.Account, a.Address, a.Place)
		for _, s := range a.Servers {
			fit(append(s.Defaults, s.Host, s.User, s.Mechanism, s.Place)...)
			if s.Host == "" || s.Line < 0 || s.Protocol == "" {
				t.Errorf("%+v", s)
			}
		}
	}
	for _, p := range found.Problems {
		fit(p.File, p.Message)
		if p.Line < 0 || p.Column < 0 {
			t.Errorf("%+v", p)
		}
	}
}

func FuzzThunderbird(f *testing.F)  { fuzz(f, "thunderbird") }
func FuzzEvolution(f *testing.F)    { fuzz(f, "evolution") }
func FuzzNeomutt(f *testing.F)      { fuzz(f, "neomutt") }
func FuzzMsmtp(f *testing.F)        { fuzz(f, "msmtp") }
func FuzzIsync(f *testing.F)        { fuzz(f, "isync") }
func FuzzFetchmail(f *testing.F)    { fuzz(f, "fetchmail") }
func FuzzK9(f *testing.F)           { fuzz(f, "k9") }
func FuzzMobileConfig(f *testing.F) { fuzz(f, "mobileconfig") }
func FuzzOutlook(f *testing.F)      { fuzz(f, "outlook") }
func FuzzEnv(f *testing.F)          { fuzz(f, "env") }

func FuzzParseSet(f *testing.F) {
	f.Add("imap=mail.example.com:143/starttls,user=jane", "smtp=[::1]:465")
	f.Fuzz(func(t *testing.T, a, b string) {
		account, err := ParseSet([]string{a, b})
		if err != nil {
			return
		}
		account.stored = make([]Stored, len(account.Servers))
		sound(t, Found{Accounts: []Account{account}})
	})
}

// TestLarge: texts that would cost the square of their length, or grow without end.
func TestLarge(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, maxFile/4/len(s)) }
	doubling := "set my_a=xxxxxxxx\n" + strings.Repeat("set my_a=\"$my_a$my_a\"\n", 100) + "set imap_user=$my_a folder=imaps://h.example\n"
	for _, tt := range []struct{ name, format, text string }{
		{"variables that double", "neomutt", doubling},
		{"variables that grow", "neomutt", many("set my_a+=$my_a ")},
		{"one line", "neomutt", many("x ")},
		{"one word", "neomutt", "set a=" + many("x")},
		{"mailboxes", "neomutt", "mailboxes " + many("imap://a.example ")},
		{"hooks", "neomutt", many("account-hook . 'set a=b'\n") + "set folder=imap://h.example"},
		{"variables", "mutt", many("set folder=imap://h a$=b\n")},
		{"quotes", "neomutt", many("'")},
		{"backslashes", "neomutt", many("\\\n")},
		{"hooks in hooks", "neomutt", many("folder-hook a 'folder-hook b \"set folder=imap://h\"'\n")},
		{"accounts", "msmtp", "account a\nhost h\n" + many("account b : a\nhost c\n")},
		{"empty lines", "msmtp", many("\n")},
		{"names", "msmtp", "account a : " + many("a,")},
		{"arguments", "isync", "IMAPAccount a\nHost h\nAuthMechs " + many("a ")},
		{"sections", "isync", many("IMAPAccount a\nHost h\n\n")},
		{"words", "fetchmail", many("user ")},
		{"quotes", "fetchmail", many("\"")},
		{"quotes of two kinds", "fetchmail", many("\" '")},
		{"entries", "fetchmail", many("poll h ")},
		{"options", "fetchmail", "defaults " + many("no x ") + many("poll h ")},
		{"keys", "thunderbird", `user_pref("mail.accountmanager.accounts", "` + many("a,") + `");`},
		{"one line", "thunderbird", many(`user_pref("a",1);`)},
		{"nonsense", "thunderbird", many("user_pref(")},
		{"comments", "thunderbird", many("/*")},
		{"groups", "evolution", many("[a]\n")},
		{"depth", "k9", "<k9settings>" + many("<a>")},
		{"accounts", "k9", "<k9settings><accounts>" + many("<account><incoming-server type='IMAP'><host>h</host></incoming-server></account>")},
		{"continued", "outlook", "REGEDIT4\n[a]\n\"a\"=hex:" + many("00,\\\n")},
		{"keys", "outlook", "REGEDIT4\n" + many("[a]\n")},
		{"references", "env", "A=aaaaaaaa\n" + many("A=${A}${A}\n")},
		{"quotes", "env", many("A=\"\n")},
		{"names", "env", many("A")},
		{"depth", "mobileconfig", many("<dict>")},
	} {
		begun := time.Now()
		found := readAs(t, tt.format, tt.text)
		if d := time.Since(begun); d > 20*time.Second {
			t.Errorf("%s, %s: it took %v", tt.format, tt.name, d)
		} else if d > time.Second {
			t.Logf("%s, %s: it took %v", tt.format, tt.name, d)
		}
		sound(t, found)
	}
}
