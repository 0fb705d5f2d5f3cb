package laboratory

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/realtest"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// hostTable resolves names without delay.
type hostTable map[string]string

func (h hostTable) Lookup(_ context.Context, host string, _ func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	return &stage.ResolveFacts{Host: host, Addresses: []string{h[host]}}, func() {}, nil
}

// covered hides the socket of a connection, so that no socket options can be set.
type covered struct{ net.Conn }

// timed checks the provider's submission server from the customer's machine, and
// returns how long each stage took.
func (w *world) timed(t *testing.T, cover bool) map[stage.Stage]time.Duration {
	t.Helper()
	pool := w.authority().root.Pool()
	roots, err := tlsinspect.NewRoots(pool, pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := probe.NewPlan([]probe.Target{{
		Subject:   stage.Subject{Argument: "smtp://" + smtpHost, Kind: stage.SubjectURL, User: user},
		Endpoints: []probe.PlannedEndpoint{{Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: smtpHost, Port: 587, Security: stage.StartTLS}}},
	}}, nil)
	stream, err := probe.Run(t.Context(), plan, probe.Options{
		Resolver: hostTable{smtpHost: smtpIP}, Roots: roots, NoFollowUps: true,
		Credentials: map[int]probe.Credential{0: {Secret: auth.NewSecret(right)}},
		Dial: func(_ context.Context, network, address string) (net.Conn, error) {
			c, err := w.client.dial(network, address)
			if cover && err == nil {
				c = covered{c}
			}
			return c, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	took := make(map[stage.Stage]time.Duration)
	for _, r := range stage.Fold(stream).Checks[0].Results {
		if r.Status != stage.Pass {
			t.Fatalf("%s: %s %s", r.Stage, r.Status, r.Fault)
		}
		took[r.Stage] = r.Time.Duration()
	}
	return took
}

// Postfix sends session tickets at the end of a TLS 1.3 handshake, and holds back
// its reply to the first EHLO until they are acknowledged (Nagle). That takes two
// round trips, and more if acknowledgements are delayed (40 ms on Linux). We
// acknowledge them at once. The test measures both variants alternately and compares
// the best of each.
func TestReplyToTheFirstHelloUnderTLS(t *testing.T) {
	need(t, "ip", "dovecot", "postfix")
	const travels = 50 * time.Millisecond
	w := newWorld(t)
	w.dovecot(realtest.DovecotConfig{})
	w.postfix(realtest.PostfixConfig{})
	w.longWire(travels, 0)
	best := make(map[bool]time.Duration)
	stages := []stage.Stage{stage.Connect, stage.Greeting, stage.Upgrade, stage.Handshake, stage.Capabilities, stage.Login, stage.Submit}
	for range 4 {
		for _, cover := range []bool{true, false} {
			took := w.timed(t, cover)
			if d := took[stage.Capabilities]; best[cover] == 0 || d < best[cover] {
				best[cover] = d
			}
			line := fmt.Sprintf("acknowledging at once %-5t:", !cover)
			for _, s := range stages {
				line += fmt.Sprintf(" %s %.2f", s, float64(took[s])/float64(2*travels))
			}
			t.Log(line + " round trips")
		}
	}
	before, after := best[true], best[false]
	t.Logf("the reply to the first EHLO under TLS: %v before, %v after; a round trip is %v", before, after, 2*travels)
	if after > 4*travels+25*time.Millisecond || before-after < 20*time.Millisecond {
		t.Errorf("%v, and %v without: want two round trips of %v, and 40 ms less", after, before, 2*travels)
	}
}
