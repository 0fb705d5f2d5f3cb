package dial

import (
	"testing"

	"maildoctor/probe/stage"
)

// A missing interface doesn't count as a prohibition.
func TestInvalidAddressOfAMissingInterface(t *testing.T) {
	for _, c := range []struct {
		address  string
		of, want stage.DialOutcome
	}{
		{"[fe80::1%nosuchif0]:993", stage.DialProhibited, stage.DialNetworkUnreachable},
		{"[fe80::1%lo]:993", stage.DialProhibited, stage.DialProhibited},
		{"[fe80::1]:993", stage.DialProhibited, stage.DialProhibited},
		{"192.0.2.1:993", stage.DialProhibited, stage.DialProhibited},
		{"[fe80::1%nosuchif0]:993", stage.DialTimeout, stage.DialTimeout},
	} {
		if c.address == "[fe80::1%lo]:993" && !interfaceExists("lo") {
			continue // another system's name
		}
		if got := ofZone(c.address, c.of); got != c.want {
			t.Errorf("%s: %s, want %s", c.address, got, c.want)
		}
	}
}
