package pop3_test

import (
	"bufio"
	"crypto/md5"
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

// parrot takes the dialogue to the end, repeating in each reply from the password
// on what the client has said with it.
func parrot(capabilities, reply string, echo func(string) string) func(net.Conn) {
	return func(conn net.Conn) {
		defer conn.Close()
		r := bufio.NewReader(conn)
		secret := ""
		fmt.Fprint(conn, "+OK <1.2@pop.example.test>\r\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSpace(line)
			switch {
			case line == "CAPA":
				fmt.Fprintf(conn, "+OK\r\n%s\r\n.\r\n", capabilities)
				continue
			case strings.HasPrefix(line, "USER"):
				fmt.Fprint(conn, "+OK\r\n")
				continue
			case line == "AUTH LOGIN", line == b64("jane@example.test"):
				fmt.Fprint(conn, "+ VXNlcm5hbWU6\r\n")
				continue
			}
			if secret == "" {
				secret = line
			}
			fmt.Fprint(conn, strings.ReplaceAll(reply, "%", echo(secret)))
			reply = "+OK 2 320 %\r\n"
		}
	}
}

func TestCanary(t *testing.T) {
	replies := map[string]string{
		"refused":   "-ERR [AUTH] %\r\n",
		"as a code": "-ERR [%] no\r\n",
		"accepted":  "+OK %\r\n",
		"no reply":  "%\r\n",
		"not ended": "-ERR %",
		"bare":      "%",
		"challenge": "+ %\r\n",
	}
	for _, way := range []string{"SASL PLAIN", "SASL LOGIN", "USER", "USER\r\nPIPELINING"} {
		for as, echo := range echoes {
			for how, reply := range replies {
				t.Run(way+"/"+as+"/"+how, func(t *testing.T) {
					if !leaks(echoes["cut"]("PASS "+canary)) || !leaks(echoes["whole"]("AUTH PLAIN "+b64("\x00jane@example.test\x00"+canary))) {
						t.Fatal("the test would not see an echo")
					}
					serve(t, parrot(way, reply, echo), func(t *testing.T, c *client) {
						req := request()
						req.Secret = auth.NewSecret(canary)
						ready(t, c)
						login, err := c.Login(c.ctx, req)
						if !login.Sent {
							t.Error("nothing was sent")
						}
						text := fmt.Sprintf("%s %v", encode(t, login), err)
						mailbox, err := c.Mailbox(c.ctx)
						text += fmt.Sprintf("%s %v", encode(t, mailbox), err)
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

// What APOP was computed from stays out of the record, and so does its result.
func TestCanaryAPOP(t *testing.T) {
	const timestamp = "<1.2@pop.example.test>"
	sum := md5.Sum([]byte(timestamp + canary))
	digest := hex.EncodeToString(sum[:])
	for _, echo := range []string{canary, "ready " + timestamp + " again", "what is " + digest} {
		script := "S: +OK " + timestamp + "\nC: CAPA\nS: +OK\nS: .\nC: APOP*\nS: -ERR [AUTH] " + echo
		converse(t, script, func(t *testing.T, c *client) {
			req := request()
			req.Secret = auth.NewSecret(canary)
			ready(t, c)
			f, err := c.Login(c.ctx, req)
			wantFault(t, err, stage.Rejected)
			text := encode(t, f) + err.Error() + encode(t, c.lines)
			if leaks(text) || strings.Contains(text, digest) || strings.Contains(text, "1.2@pop") {
				t.Errorf("leaked: %s", text)
			}
			if f.Reply.ResponseCode != "AUTH" {
				t.Errorf("the response code is lost: %s", encode(t, f))
			}
		})
	}
}
