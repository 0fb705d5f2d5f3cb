package smtp

import (
	"net"
	"strings"
	"testing"
)

func TestAddressLiteral(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":        "[192.0.2.1]",
		"::ffff:192.0.2.1": "[192.0.2.1]",
		"2001:db8::1":      "[IPv6:2001:db8::1]",
		"":                 "[127.0.0.1]",
	} {
		if got := addressLiteral(net.ParseIP(address)); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestMailPath(t *testing.T) {
	tests := []struct {
		address, path string // empty path: refused
		international bool
	}{
		{"jane@example.test", "jane@example.test", false},
		{`"jane doe"@example.test`, `"jane doe"@example.test`, false},
		{`"a@b"@example.test`, `"a@b"@example.test`, false},
		{"jane@[IPv6:2001:db8::1]", "jane@[IPv6:2001:db8::1]", false},
		{"jane@bücher.test", "jane@xn--bcher-kva.test", false},
		{"jäne@bücher.test", "jäne@xn--bcher-kva.test", true},
		{"", "", false},
		{"jane", "", false},
		{"@example.test", "", false},
		{"jane@", "", false},
		{"jane doe@example.test", "", false},
		{"jane@example.test> SIZE=1", "", false},
		{"jane@example.test\r\nRCPT TO:<x@y>", "", false},
		{`"a` + "\n" + `b"@example.test`, "", false},
		{`"a>b"@example.test`, "", false},
		{`"a<b"@example.test`, "", false},
		{"a\x00@example.test", "", false},
		{"a\xff@example.test", "", false},
		{"a@exam\u0085ple.test", "", false},
		{strings.Repeat("a", 250) + "@b.test", "", false},
	}
	for _, tt := range tests {
		path, international, err := mailPath(tt.address)
		if path != tt.path && err == nil || (err == nil) != (tt.path != "") || international != tt.international {
			t.Errorf("%q: %q, %v, %v", tt.address, path, international, err)
		}
	}
}

// A reply line is accepted only in the format of RFC 5321 4.2.
func FuzzParseLine(f *testing.F) {
	for _, s := range []string{"220 mx", "250-SIZE", "250", "25", "999 x", "2x0 ", "\x00\xff", "421 4.3.2 busy"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		code, more, ok := parseLine(line)
		if !ok {
			if code != 0 && (code < 200 || code > 599) {
				t.Errorf("code %d", code)
			}
			return
		}
		if code < 200 || code > 599 || more != strings.HasPrefix(line[3:], "-") {
			t.Errorf("%q: %d, %v", line, code, more)
		}
		if e := enhanced(line); e != "" && !strings.Contains(line, e) {
			t.Errorf("%q: enhanced %q", line, e)
		}
	})
}

// Whatever an address contains, the command remains one line with one path.
func FuzzMailPath(f *testing.F) {
	for _, s := range []string{"jane@example.test", `"a b"@c`, "a>@b", "a\r\n@b", "ä@ö", "a@b\u2028c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		path, international, err := mailPath(address)
		if err != nil {
			return
		}
		if strings.ContainsAny(path, "\r\n\x00<>") || len(path) > maxPath || international == ascii(path) {
			t.Errorf("%q became %q, %v", address, path, international)
		}
	})
}
