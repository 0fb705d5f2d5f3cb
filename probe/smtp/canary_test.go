package smtp_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
)

// parrot completes the dialogue, and from AUTH on repeats in each reply the client's
// last line and the one with the password.
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
			if line != "AUTH LOGIN" && line != dialoguetest.Base64(dialoguetest.User) && secret == "" {
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
	dialogue := func(t *testing.T, talk *dialoguetest.Talk, req auth.Request) []dialoguetest.Outcome {
		c := &client{smtp.New(talk.Conn, sending), talk}
		ready(t, c)
		login, err := c.Login(c.Ctx, req)
		more, also := c.Submit(c.Ctx)
		c.Quit(c.Ctx)
		return []dialoguetest.Outcome{{Facts: login, Err: err}, {Facts: more, Err: also}}
	}
	dialoguetest.Parrots(t, []string{"PLAIN", "LOGIN"}, replies, parrot, dialogue)
}
