package smtp

import (
	"strconv"
	"strings"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// A server may announce any number of mechanisms, but only the first few are kept.
func TestManyMechanisms(t *testing.T) {
	var b strings.Builder
	b.WriteString("250-AUTH PLAIN")
	for i := range 5000 {
		b.WriteString(" X" + strconv.Itoa(i))
	}
	h := parseHello(stage.Reply{Lines: []string{"250-mail", b.String(), b.String(), "250 SIZE 1"}})
	if len(h.mechanisms) != auth.MaxMechanisms || h.mechanisms[0] != "PLAIN" || h.mechanisms[1] != "X0" {
		t.Errorf("%d mechanisms, beginning with %v", len(h.mechanisms), h.mechanisms[:2])
	}
	if !h.offers("SIZE") {
		t.Error("what follows is lost")
	}
}
