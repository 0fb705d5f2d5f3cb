package strict

import (
	"strings"
	"testing"
)

// TestDiscreet: the library's messages about syntax repeat parts of the text, and those of
// a discreet document don't.
func TestDiscreet(t *testing.T) {
	repeated := 0
	for text, want := range map[string]string{
		"a = Q":                      "not TOML: unexpected character at start of value",
		"a = \"\\Q\"":                "not TOML: invalid escape character",
		"a = 1 Q":                    "not TOML: expected newline",
		"Q":                          "not TOML: expected '=' after key",
		"a = 1e999999999999":         "not TOML: unable to parse float",
		"a = 9999999999999999999999": "not TOML: decimal number is too large to fit in a 64-bit signed integer",
	} {
		for _, discreet := range []bool{true, false} {
			d := New("a.toml", []byte(text))
			d.Discreet = discreet
			if d.Parse() != nil {
				d.Check()
			}
			all := d.Problems()
			if len(all) != 1 {
				t.Errorf("%q: %v", text, all)
				continue
			}
			if !discreet && strings.Contains(all[0].Message, "'Q'") {
				repeated++
			}
			if got := all[0].Message; discreet && got != want || !discreet && !strings.HasPrefix(got, want[:len("not TOML: ")]) {
				t.Errorf("%q, discreet %t: %s, want %s", text, discreet, got, want)
			}
		}
	}
	if repeated < 3 {
		t.Errorf("%d messages repeat the text where they may: this test shows nothing", repeated)
	}
}
