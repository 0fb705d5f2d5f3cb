package dialoguetest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Canary is a password that no text contains by chance.
const Canary = "CanaryBird-7391-feathers"

// Leaks reports whether text contains eight consecutive bytes of the canary: plain, in
// base64 at any alignment, or in hex, even if these are encoded in base64 once more.
func Leaks(text string) bool { return tells(text) || tells(decodeWords(text)) }

func tells(text string) bool {
	text = strings.ToLower(text)
	in := func(s string, size int) bool {
		s = strings.ToLower(s)
		for i := 0; i+size <= len(s); i++ {
			if strings.Contains(text, s[i:i+size]) {
				return true
			}
		}
		return false
	}
	for before := range 3 {
		coded := Base64(strings.Repeat("\x00", before) + Canary)
		if in(coded[4:len(coded)-4], 11) {
			return true
		}
	}
	return in(Canary, 8) || in(hex.EncodeToString([]byte(Canary)), 16)
}

// Echoes are ways in which a server might repeat a line that contains a password.
var Echoes = map[string]func(string) string{
	"whole":    func(s string) string { return s },
	"cut":      func(s string) string { return s[:max(1, len(s)-7)] },
	"tail":     func(s string) string { return s[len(s)/4:] },
	"quoted":   func(s string) string { return fmt.Sprintf("%q", s) },
	"lower":    strings.ToLower,
	"upper":    strings.ToUpper,
	"base64":   Base64,
	"hex":      func(s string) string { return hex.EncodeToString([]byte(s)) },
	"url":      url.QueryEscape,
	"decoded":  decodeWords,
	"dec+case": func(s string) string { return strings.ToUpper(decodeWords(s)) },
}

// decodeWords decodes base64 words in a line.
func decodeWords(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if b, err := base64.StdEncoding.DecodeString(w); err == nil && len(w) > 8 {
			words[i] = strings.Trim(strings.ReplaceAll(string(b), "\x00", " "), " ")
		}
	}
	return strings.Join(words, " ")
}

// Parrots runs dialogue against servers that repeat the canary. parrot returns a server
// that offers the login mechanism way and answers the password with reply, which it
// then keeps repeating. In reply "%" is replaced by the result of echo for the client's
// line. Nothing that is kept may contain the canary.
func Parrots(t *testing.T, ways []string, replies map[string]string,
	parrot func(way, reply string, echo func(string) string) func(net.Conn),
	dialogue func(*testing.T, *Talk, auth.Request) []Outcome,
) {
	req := Request()
	req.Secret = auth.NewSecret(Canary)
	if !Leaks(Echoes["cut"]("PASS " + Canary)) {
		t.Fatal("the test would not see an echo")
	}
	for _, way := range ways {
		for as, echo := range Echoes {
			for how, reply := range replies {
				t.Run(way+"/"+as+"/"+how, func(t *testing.T) {
					said := echo("AUTH PLAIN " + Base64("\x00"+User+"\x00"+Canary))
					if !Leaks(said) && as != "base64" && as != "hex" && as != "url" {
						t.Fatalf("the test would not see %q", said)
					}
					Serve(t, parrot(way, reply, echo), func(t *testing.T, talk *Talk) {
						all := dialogue(t, talk, req)
						if login, ok := all[0].Facts.(*stage.LoginFacts); !ok || !login.Sent {
							t.Error("nothing was sent")
						}
						if text := talk.Kept(t, all); Leaks(text) {
							t.Errorf("leaked: %s", text)
						}
					})
				})
			}
		}
	}
}

// Kept returns everything that a dialogue leaves behind, as it would be saved.
func (talk *Talk) Kept(t *testing.T, all []Outcome) string {
	t.Helper()
	var b strings.Builder
	for _, o := range all {
		fmt.Fprintf(&b, "%s %v %+v\n", Encode(t, o.Facts), o.Err, o.Err)
	}
	for _, l := range talk.Lines() {
		b.WriteString(Encode(t, l) + "\n" + l.Text + "\n")
	}
	return b.String()
}
