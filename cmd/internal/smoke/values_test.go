package smoke

import (
	"fmt"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

// TestBounds: a value on the edge is taken, one beyond it is not.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		id        stage.ExpectationID
		good, bad []string
	}{
		{stage.ExpectCertificateDays, []string{"0", "36500", "0x10"}, []string{"-1", "36501", "1.0", "99999999999999999999"}},
		{stage.ExpectCertificateKey, []string{"1", "65536"}, []string{"0", "65537"}},
		{stage.ExpectQuota, []string{"1", "100", `"1%"`, `"100 %"`}, []string{"0", "101", `"0%"`, `"90"`, "true"}},
		{stage.ExpectSize, []string{"1", `"1 B"`, `"1024 TB"`}, []string{"0", "-1", `"0 MB"`, `"1025 TB"`, `"25"`}},
		{stage.ExpectGreeting, []string{`"1ms"`, `"1h"`, `"1.5s"`}, []string{`"999us"`, `"1h1ms"`, `"0s"`, `"-1s"`, `"2"`}},
		{stage.ExpectReady, []string{`"1ms"`, `"1h"`}, []string{`"1h1ms"`, "2.0"}},
		{stage.ExpectCertificateIssuer, []string{`"x"`, `["x", "y"]`, `"` + strings.Repeat("é", 200) + `"`}, []string{`" "`, `"a\nb"`, `"` + strings.Repeat("é", 201) + `"`, "[]", "[1]", "[[\"x\"]]"}},
		{stage.ExpectCertificateNames, []string{`"localhost"`, `"*.example.com"`, `"::1"`, `"bücher.example"`}, []string{`"*"`, `"a.*.example.com"`, `"fe80::1%eth0"`, `"a b"`}},
		{stage.ExpectMechanisms, []string{`"x"`, `"` + strings.Repeat("X", 20) + `"`}, []string{`""`, `"` + strings.Repeat("X", 21) + `"`, `"A B"`}},
		{stage.ExpectCapabilities, []string{`"SASL PLAIN"`, `"` + strings.Repeat("X", 100) + `"`}, []string{`" X"`, `"` + strings.Repeat("X", 101) + `"`, `"a  b"`, `"é"`}},
		{stage.ExpectSender, []string{"true", "false", `"jane@example.com"`}, []string{`"jane"`, `"jane@example.com>"`, `"@example.com"`, "1"}},
		{stage.ExpectDiscovery, []string{"true", `"srv"`, `["srv", "mx"]`}, []string{`"SRV"`, "[]", `["srv", 1]`}},
	} {
		for i, all := range [][]string{tt.good, tt.bad} {
			for _, v := range all {
				text := fmt.Sprintf("%s = %s\n[[endpoint]]\nurl = \"imaps://imap.example.com\"\n", tt.id, v)
				if _, err := Parse("a.toml", []byte(text)); (err == nil) != (i == 0) {
					t.Errorf("%s = %s: %v", tt.id, v, err)
				}
			}
		}
	}
	long := "capabilities = [" + strings.Repeat("\"X\", ", maxList) + "%s]\n[[endpoint]]\nurl = \"imaps://imap.example.com\"\n"
	for more, want := range map[string]bool{"": true, `"X"`: false} {
		if _, err := Parse("a.toml", fmt.Appendf(nil, long, more)); (err == nil) != want {
			t.Errorf("%d values and %s: %v", maxList, more, err)
		}
	}
}
