package probe

import (
	"net/http"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

func TestDated(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		date, age string
		want      string // FetchFacts.Date; empty: the response contains no usable time
		offset    time.Duration
	}{
		{"Sun, 22 Nov 2026 12:00:07 GMT", "", "2026-11-22T12:00:07Z", 7 * time.Second},
		{"Sunday, 22-Nov-26 11:00:00 GMT", "", "2026-11-22T11:00:00Z", -time.Hour},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "3600", "2026-11-22T12:00:00Z", 0},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "86401", "", 0},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "an hour", "", 0},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "-1", "", 0},
		{"", "", "", 0},
		{"noon", "", "", 0},
	} {
		h := http.Header{}
		h.Set("Date", c.date)
		if c.age != "" {
			h.Set("Age", c.age)
		}
		facts := &stage.FetchFacts{}
		dated(facts, h, now)
		if facts.Date != c.want || (facts.Offset != nil) != (c.want != "") {
			t.Errorf("%q, age %q: %q, want %q", c.date, c.age, facts.Date, c.want)
		} else if c.want != "" && facts.Offset.Duration() != c.offset {
			t.Errorf("%q, age %q: %v ahead, want %v", c.date, c.age, facts.Offset.Duration(), c.offset)
		}
	}
}
