package imap_test

import (
	"context"
	"strings"
	"testing"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
)

// forms are the forms in which a server may repeat a secret.
func forms() map[string]string {
	out := map[string]string{"PLAIN": dialoguetest.Base64("\x00jane\x00" + dialoguetest.Canary)}
	for as, echo := range dialoguetest.Echoes {
		out[as] = echo(dialoguetest.Canary)
	}
	return out
}

// places are where a server may repeat it; %s is replaced by the echo.
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

// leftBehind returns everything that a session leaves behind, as it would be saved.
func leftBehind(t *testing.T, script, secret string) (kept string) {
	t.Helper()
	dialoguetest.Serve(t, dialoguetest.Script(t, script), func(t *testing.T, talk *dialoguetest.Talk) {
		s := imap.New(talk.Conn)
		kept = talk.Kept(t, dialoguetest.Through(func(context.Context) {},
			dialoguetest.As(s.Greeting), dialoguetest.As(s.Capabilities),
			dialoguetest.Login(s.Login, request("jane", secret)), dialoguetest.As(s.Mailbox)))
	})
	return kept
}

// If a server repeats the password, wherever and in whatever form, nothing that is kept
// contains it.
func TestCanary(t *testing.T) {
	for place, script := range places {
		for form, echo := range forms() {
			t.Run(place+"/"+form, func(t *testing.T) {
				script := strings.ReplaceAll(script, "%s", echo)
				if got := leftBehind(t, script, dialoguetest.Canary); dialoguetest.Leaks(got) {
					t.Errorf("the secret is in:\n%s", got)
				}
				// The test can fail: if the canary isn't the secret, it is visible.
				if place == "challenge" {
					return // withheld whatever it is
				}
				if got := leftBehind(t, script, "Q8!vm*x"); !dialoguetest.Leaks(got) {
					t.Errorf("the canary was never seen:\n%s", got)
				}
			})
		}
	}
}
