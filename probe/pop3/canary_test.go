package pop3_test

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/pop3"
	"maildoctor/probe/stage"
)

// parrot completes the dialogue, and from the password on repeats the client's line
// with it in each reply.
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
			case line == "AUTH LOGIN", line == dialoguetest.Base64(dialoguetest.User):
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
	dialogue := func(t *testing.T, talk *dialoguetest.Talk, req auth.Request) []dialoguetest.Outcome {
		c := &client{pop3.New(talk.Conn), talk}
		ready(t, c)
		login, err := c.Login(c.Ctx, req)
		more, also := c.Mailbox(c.Ctx)
		c.Quit(c.Ctx)
		return []dialoguetest.Outcome{{Facts: login, Err: err}, {Facts: more, Err: also}}
	}
	dialoguetest.Parrots(t, []string{"SASL PLAIN", "SASL LOGIN", "USER", "USER\r\nPIPELINING"}, replies, parrot, dialogue)
}

// The timestamp for APOP stays out of the record, and so does the digest.
func TestCanaryAPOP(t *testing.T) {
	const timestamp = "<1.2@pop.example.test>"
	sum := md5.Sum([]byte(timestamp + dialoguetest.Canary))
	digest := hex.EncodeToString(sum[:])
	for _, echo := range []string{dialoguetest.Canary, "ready " + timestamp + " again", "what is " + digest} {
		script := "S: +OK " + timestamp + "\nC: CAPA\nS: +OK\nS: .\nC: APOP*\nS: -ERR [AUTH] " + echo
		converse(t, script, func(t *testing.T, c *client) {
			req := dialoguetest.Request()
			req.Secret = auth.NewSecret(dialoguetest.Canary)
			ready(t, c)
			f, err := c.Login(c.Ctx, req)
			dialoguetest.WantFault(t, err, stage.Rejected)
			text := dialoguetest.Encode(t, f) + err.Error() + dialoguetest.Encode(t, c.Lines())
			if dialoguetest.Leaks(text) || strings.Contains(text, digest) || strings.Contains(text, "1.2@pop") {
				t.Errorf("leaked: %s", text)
			}
			if f.Reply.ResponseCode != "AUTH" {
				t.Errorf("the response code is lost: %s", dialoguetest.Encode(t, f))
			}
		})
	}
}
