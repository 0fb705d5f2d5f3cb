package probe_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// timeCases are clocks that give no time, or a time that must not be trusted.
var timeCases = []struct {
	name  string
	world func(*bench)
	check string // the follow-up that asked
	want  string // its outcome
}{
	{"NTP, in order", func(b *bench) { b.time(-40 * oneDay) }, "time", "clock=pass"},
	{"NTP, too short", packet(func(p []byte) []byte { return p[:20] }), "time", "clock=fail(no-time)"},
	{"NTP, kiss of death", packet(func(p []byte) []byte { p[1] = 0; copy(p[12:], "RATE"); return p }), "time", "clock=fail(no-time)"},
	{"NTP, not synchronized itself", packet(func(p []byte) []byte { p[0] |= 3 << 6; return p }), "time", "clock=fail(no-time)"},
	{"NTP, not our question's answer", packet(func(p []byte) []byte { p[24] ^= 1; return p }), "time", "clock=fail(no-time)"},
	{"NTP, a client's packet", packet(func(p []byte) []byte { p[0] = 4<<3 | 3; return p }), "time", "clock=fail(no-time)"},
	{"HTTP, without a date", page("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "date-http", "fetch=pass"},
	{"HTTP, a date that is none", page("HTTP/1.1 200 OK\r\nDate: yesterday\r\nContent-Length: 0\r\n\r\n"), "date-http", "fetch=pass"},
	{"HTTP, something else", page("220 mail.example.test ESMTP\r\n"), "date-http", "fetch=fail(fetch-failed)"},
	{"HTTP, endless headers", page("HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("b", 1000)+"\r\n", 200)), "date-http", "fetch=fail(fetch-failed)"},
	{"HTTP, an endless page", page("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20)), "date-http", "fetch=pass"},
}

func packet(change func([]byte) []byte) func(*bench) {
	return func(b *bench) { b.timeAs(-40*oneDay, change) }
}

func page(text string) func(*bench) {
	return func(b *bench) {
		b.serve(mailAddress+":80", func(conn net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				io.WriteString(conn, text)
			}
		})
	}
}

func TestClocksThatTellNothing(t *testing.T) {
	for i, tt := range timeCases {
		t.Run(tt.name, func(t *testing.T) {
			rec := examineCertificate(t, func(b *bench) {
				b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
				tt.world(b)
			}, false)
			c := rec.Check("imap-993/" + tt.check)
			if c == nil || outcome(c) != tt.want {
				t.Fatalf("%v, want %s %s", madeOf(rec), tt.check, tt.want)
			}
			told := i == 0
			if got, sure := leading(rec); (got == cause.ClientClockWrong) != told {
				t.Errorf("leads with %s (%s)", got, sure)
			}
			if f := stage.FactsOf[*stage.FetchFacts](c); f != nil && f.Bytes > 64<<10 {
				t.Errorf("%d bytes were read", f.Bytes)
			}
			if f := stage.FactsOf[*stage.ClockFacts](c); f != nil && (f.Offset != nil) != told {
				t.Errorf("a time is told: %+v", f)
			} else if told && (f.Offset.Duration()+40*oneDay).Abs() > time.Minute {
				t.Errorf("off by %v", f.Offset.Duration())
			}
		})
	}
}
