package published

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// testdata reads a file of test data.
func testdata(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// endpoint reads "imap://mail.example.com:993/tls".
func endpoint(t testing.TB, s string) stage.Endpoint {
	t.Helper()
	protocol, rest, _ := strings.Cut(s, "://")
	host, rest, _ := strings.Cut(rest, ":")
	text, security, _ := strings.Cut(rest, "/")
	port, ok := portNumber(text)
	if !ok {
		t.Fatalf("%q is no endpoint", s)
	}
	return stage.Endpoint{Protocol: stage.Protocol(protocol), Host: host, Port: port, Security: stage.Security(security)}
}

// diff fails a test where two values differ.
func diff(t testing.TB, name string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// messages are a document's problems as text.
func messages(d *Document) []string {
	var out []string
	for _, p := range d.Problems {
		text := p.String()
		if p.Ignored {
			text = "ignored: " + text
		}
		out = append(out, text)
	}
	return out
}

// endpoints are a document's servers in short.
func endpoints(d *Document) []string {
	var out []string
	for _, s := range d.Servers {
		out = append(out, string(s.Protocol)+"://"+s.Address()+"/"+string(s.Security))
	}
	return out
}

// checkError compares an error with its text, and with the kind it has to be of.
func checkError(t testing.TB, name string, err error, want string, kind error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want %q", name, want)
		return
	}
	if err.Error() != want {
		t.Errorf("%s: %q, want %q", name, err, want)
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("%s: %v is not: %v", name, err, kind)
	}
	for _, other := range []error{ErrHTML, ErrTooLarge, ErrNoServers} {
		if other != kind && errors.Is(err, other) {
			t.Errorf("%s: %v is taken for: %v", name, err, other)
		}
	}
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Errorf("%s: a %T", name, err)
	}
}
