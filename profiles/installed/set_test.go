package installed

import (
	"strings"
	"testing"
)

func TestParseSet(t *testing.T) {
	for _, tt := range []struct {
		arguments  string // separated by blanks
		want, fail string
	}{
		{"imap=Mail.Example.com:143/starttls,user=jane", "imap mail.example.com:143 starttls user=jane", ""},
		{"imap=a.example,user=jane smtp=b.example:25/none pop3=c.example/ssl,user=j", "imap a.example:993 tls user=jane left=security,port\n" +
			"smtp b.example:25 none user=jane\npop3 c.example:995 tls user=j left=port", ""},
		{"imap=a.example:143", "imap a.example:143 starttls user= left=security", ""},
		{"smtp=[::1]:465", "smtp [::1]:465 tls user= left=security", ""},
		{"smtp=[2001:db8::1]/starttls-if-offered,pop3=::1", "smtp [2001:db8::1]:587 starttls-if-offered user= left=port\npop3 [::1]:995 tls user= left=security,port", ""},
		{"smtp=imap,example.com", "", "expected imap=mail"},
		{"", "", "expected imap=mail"},
		{"hunter2", "", "expected imap=mail"},
		{"imap=", "", "expected imap=mail"},
		{"ftp=hunter2", "", "expected imap=mail"},
		{"imap=h smtp=h:hunter2", "", "argument 2: smtp: the port: expected a number"},
		{"imap=h/hunter2", "", "imap: expected /tls, /starttls"},
		{"imap=jane:hunter2@h", "", "no user name or password before it"},
		{"imap=h,password=hunter2", "", "a password is not given here"},
		{"user=hunter2,imap=h", "", "user: expected a server before it"},
		{"imap=:143", "", "imap: expected the name of a host"},
		{strings.Repeat("imap=h,", 17) + "imap=h", "", "at most 16 servers"},
	} {
		a, err := ParseSet(strings.Fields(tt.arguments))
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: %v, want an error with %q", tt.arguments, err, tt.fail)
			}
			continue
		}
		var got []string
		for i := range a.Servers {
			got = append(got, server(a, i))
		}
		if err != nil || strings.Join(got, "\n") != tt.want || a.Program != "typed" {
			t.Errorf("%q: %v\n%s", tt.arguments, err, strings.Join(got, "\n"))
		}
	}
}
