package cli

import "testing"

func TestResolverAddress(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.53":       "192.0.2.53:53",
		"192.0.2.53:5353":  "192.0.2.53:5353",
		"2001:db8::1":      "[2001:db8::1]:53",
		"[2001:db8::1]":    "[2001:db8::1]:53",
		"[2001:db8::1]:99": "[2001:db8::1]:99",
		"dns.example.net":  "",
		"192.0.2.53:0":     "",
		"":                 "",
	} {
		got, err := resolverAddress(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("resolverAddress(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}
