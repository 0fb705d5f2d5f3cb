package pop3

import (
	"strconv"
	"strings"
	"testing"

	"maildoctor/probe/auth"
)

// A server may announce any number of mechanisms, but only the first few are kept.
func TestManyMechanisms(t *testing.T) {
	var b strings.Builder
	b.WriteString("SASL PLAIN")
	for i := range 5000 {
		b.WriteString(" X" + strconv.Itoa(i))
	}
	c := &capa{keywords: make(map[string]string)}
	for _, line := range []string{b.String(), b.String(), "UIDL"} {
		c.add(line)
	}
	if len(c.mechanisms) != auth.MaxMechanisms || c.mechanisms[0] != "PLAIN" || c.mechanisms[1] != "X0" {
		t.Errorf("%d mechanisms, beginning with %v", len(c.mechanisms), c.mechanisms[:2])
	}
	if !c.offers("UIDL") {
		t.Error("what follows is lost")
	}
}
