package smtp_test

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/smtp"
)

const canary = "CanaryBird-7391-feathers"

// leaks reports whether text has eight bytes of the canary in a row, plain, in
// base64 at any place in a group of three, or in hex.
func leaks(text string) bool {
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
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + canary))
		if in(coded[4:len(coded)-4], 11) {
			return true
		}
	}
	return in(canary, 8) || in(hex.EncodeToString([]byte(canary)), 16)
}

// echoes are what a server might make of a line with a password in it.
var echoes = map[string]func(string) string{
	"whole":    func(s string) string { return s },
	"cut":      func(s string) string { return s[:max(1, len(s)-7)] },
	"tail":     func(s string) string { return s[len(s)/4:] },
	"quoted":   func(s string) string { return fmt.Sprintf("%q", s) },
	"lower":    strings.ToLower,
	"base64":   b64,
	"hex":      func(s string) string { return hex.EncodeToString([]byte(s)) },
	"url":      url.QueryEscape,
	"decoded":  decodeWords,
	"dec+case": func(s string) string { return strings.ToUpper(decodeWords(s)) },
}

// decodeWords decodes the base64 in a line, as a server's log would.
func decodeWords(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if b, err := base64.StdEncoding.DecodeString(w); err == nil && len(w) > 8 {
			words[i] = strings.Trim(strings.ReplaceAll(string(b), "\x00", " "), " ")
		}
	}
	return strings.Join(words, " ")
}

// parrot takes the dialogue to the end, repeating in each reply from AUTH on what
// the client has said last and with the password.
func parrot(mechanism, reply string, echo func(string) string) func(net.Conn) {
	return func(conn net.Conn) {
		defer conn.Close()
		r := bufio.NewReader(conn)
		secret := ""
		fmt.Fprint(conn, "220 mx\r\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "EHLO") {
				fmt.Fprintf(conn, "250-mx\r\n250 AUTH %s\r\n", mechanism)
				continue
			}
			if line != "AUTH LOGIN" && line != b64("jane@example.test") && secret == "" {
				secret = line
			}
			if secret == "" {
				fmt.Fprint(conn, "334 VXNlcm5hbWU6\r\n")
				continue
			}
			fmt.Fprint(conn, strings.ReplaceAll(reply, "%", echo(secret)))
			reply = "250 2.0.0 %\r\n"
		}
	}
}

func TestCanary(t *testing.T) {
	replies := map[string]string{
		"refused":   "535 5.7.8 %\r\n",
		"lines":     "535-5.7.8 you said\r\n535-5.7.8 %\r\n535 5.7.8 and that was wrong\r\n",
		"accepted":  "235 2.7.0 %\r\n",
		"odd":       "250 %\r\n",
		"no reply":  "%\r\n",
		"not ended": "535 5.7.8 %",
		"bare":      "%",
		"challenge": "334 %\r\n",
	}
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		for as, echo := range echoes {
			for how, reply := range replies {
				t.Run(mechanism+"/"+as+"/"+how, func(t *testing.T) {
					if said := echo("AUTH PLAIN " + b64("\x00jane@example.test\x00"+canary)); !leaks(said) && as != "base64" && as != "hex" && as != "url" {
						t.Fatalf("the test would not see %q", said)
					}
					serve(t, parrot(mechanism, reply, echo), smtp.Options{Sender: "jane@example.test"}, func(t *testing.T, c *client) {
						req := request()
						req.Secret = auth.NewSecret(canary)
						ready(t, c)
						login, err := c.Login(c.ctx, req)
						if !login.Sent {
							t.Error("nothing was sent")
						}
						text := fmt.Sprintf("%s %v", encode(t, login), err)
						submit, err := c.Submit(c.ctx)
						text += fmt.Sprintf("%s %v", encode(t, submit), err)
						c.Quit(c.ctx)
						for _, l := range c.lines {
							text += encode(t, l)
						}
						for _, part := range []string{text, decodeWords(text)} {
							if leaks(part) {
								t.Errorf("leaked: %s", part)
							}
						}
					})
				})
			}
		}
	}
}
