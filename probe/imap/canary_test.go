package imap_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

const canary = "Canary-7b1e9d0c42"

// echoes are forms in which a server may repeat a secret.
var echoes = map[string]string{
	"plain":  canary,
	"folded": strings.ToUpper(canary),
	"quoted": `"` + canary + `"`,
	"base64": base64.StdEncoding.EncodeToString([]byte("\x00jane\x00" + canary)),
	"hex":    hex.EncodeToString([]byte(canary)),
}

// places are where a server may repeat it; %s stands for the echo.
var places = map[string]string{
	"tagged refusal": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: a1 NO [AUTHENTICATIONFAILED] wrong: %s
		hang`,
	"response code": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: a1 NO [%s] wrong
		hang`,
	"alert": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: * NO [ALERT] %s
		S: * %s
		S: a1 NO wrong
		hang`,
	"goodbye": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: * BYE %s
		close`,
	"challenge": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: + %s
		C: *
		S: a1 BAD %s
		hang`,
	"no response": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: %s
		hang`,
	"another tag": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: a9 OK %s
		hang`,
	"capabilities": open0 + `
		C: a1 AUTHENTICATE PLAIN *
		S: a1 OK [CAPABILITY IMAP4rev1 AUTH=%s] in
		C: T1 EXAMINE INBOX
		C: T2 LOGOUT
		S: T1 NO [NONEXISTENT] %s
		S: * BYE %s
		S: T2 OK %s
		hang`,
	"mailbox": in(everything) + `
		C: T1 ID *
		C: T2 EXAMINE INBOX
		C: T3 GETQUOTAROOT INBOX
		C: T4 NAMESPACE
		C: T5 LIST *
		C: T6 LOGOUT
		S: * ID ("name" {40}
		S: %s
		S: T1 OK
		hang`,
	"texts of the mailbox": in(everything) + `
		C: T1 ID *
		C: T2 EXAMINE INBOX
		C: T3 GETQUOTAROOT INBOX
		C: T4 NAMESPACE
		C: T5 LIST *
		C: T6 LOGOUT
		S: * ID ("name" "a %s")
		S: T1 OK
		S: * OK [ALERT] %s
		S: T2 OK %s
		S: T3 NO %s
		S: * NAMESPACE (("x%s" "/")) NIL NIL
		S: T4 OK
		S: * LIST (\Sent) "/" "x%s"
		S: T5 OK
		S: * BYE
		S: T6 OK
		hang`,
	"goodbye of the mailbox": in("") + `
		C: T1 EXAMINE INBOX
		C: T2 LOGOUT
		S: * BYE %s
		close`,
}

const open0 = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n"

// everything that a session leaves behind, as it would be saved.
func leftBehind(t *testing.T, script, secret string) string {
	t.Helper()
	tk := play(t, script)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var b strings.Builder
	keep := func(facts stage.Facts, err error) error {
		j, e := json.Marshal(facts)
		fmt.Fprintf(&b, "%s\n%v\n%+v\n%v\n", j, err, err, e)
		return err
	}
	f, err := tk.Greeting(ctx)
	keep(f, err)
	c, err := tk.Capabilities(ctx)
	keep(c, err)
	l, err := tk.Login(ctx, request("jane", secret))
	if keep(l, err) == nil {
		m, err := tk.Mailbox(ctx)
		keep(m, err)
	}
	tk.conn.Close()
	b.WriteString(tk.tr.String())
	return b.String()
}

// leaks reports whether text holds the canary in a form that could be read.
func leaks(text string) bool {
	low := strings.ToLower(text)
	for _, echo := range echoes {
		if strings.Contains(low, strings.ToLower(echo)) {
			return true
		}
	}
	return strings.Contains(low, strings.ToLower(canary))
}

// A server that repeats the password, wherever and in whatever form, finds it in
// nothing that is kept.
func TestCanary(t *testing.T) {
	for place, script := range places {
		for form, echo := range echoes {
			t.Run(place+"/"+form, func(t *testing.T) {
				script := strings.ReplaceAll(script, "%s", echo)
				if got := leftBehind(t, script, canary); leaks(got) {
					t.Errorf("the secret is in:\n%s", got)
				}
				// The test can fail: where the canary isn't the secret, it shows.
				if place == "challenge" {
					return // withheld whatever it is
				}
				if got := leftBehind(t, script, "another"); !leaks(got) {
					t.Errorf("the canary was never seen:\n%s", got)
				}
			})
		}
	}
}
