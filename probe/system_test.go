package probe

import (
	"slices"
	"testing"
)

// A proxy's password never appears in its name, whatever the syntax.
func TestProxies(t *testing.T) {
	for value, want := range map[string][]string{
		"http://proxy.example:3128":            {"proxy.example:3128"},
		"proxy.example:3128":                   {"proxy.example:3128"},
		"http://jane:secret@proxy.example":     {"proxy.example:80"},
		"http://jane:12#34@proxy.example:3128": nil,
		"http://jane:12/34@proxy.example:3128": nil,
		"socks5://proxy.example:1080":          nil,
		"":                                     nil,
		"http://[2001:db8::1]:3128":            {"[2001:db8::1]:3128"},
	} {
		for _, name := range []string{"HTTP_PROXY", "http_proxy", "https_proxy"} {
			t.Setenv(name, "")
		}
		t.Setenv("HTTPS_PROXY", value)
		if got := proxies(); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
