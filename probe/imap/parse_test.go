package imap

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := []struct {
		line string
		want response
	}{
		{"", response{kind: blank}},
		{"+", response{kind: continuation}},
		{"+ cj1h ", response{kind: continuation, rest: "cj1h"}},
		{"* OK hi", response{kind: untagged, status: "OK", word: "OK", rest: "hi"}},
		{"*", response{kind: malformed, rest: "*"}},
		{"* ", response{kind: malformed, rest: "* "}},
		{"hello", response{kind: malformed, rest: "hello"}},
		{
			"* CAPABILITY IMAP4rev1  IDLE",
			response{kind: untagged, word: "CAPABILITY", rest: "IMAP4rev1  IDLE"},
		},
		{
			"a12 no [authenticationfailed] Wrong",
			response{
				kind: tagged, tag: "a12", status: "NO", word: "NO", rest: "[authenticationfailed] Wrong",
				code: "AUTHENTICATIONFAILED",
			},
		},
		{
			"* OK [CAPABILITY A B] hi",
			response{kind: untagged, status: "OK", word: "OK", rest: "[CAPABILITY A B] hi", code: "CAPABILITY", arg: "A B"},
		},
		{"* OK [open", response{kind: untagged, status: "OK", word: "OK", rest: "[open"}},
		{"a1 BYE x", response{kind: malformed, rest: "a1 BYE x"}},
		{"a-1 OK x", response{kind: malformed, rest: "a-1 OK x"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, parse(tt.line), cmp.AllowUnexported(response{})); diff != "" {
			t.Errorf("parse(%q) (-want +got):\n%s", tt.line, diff)
		}
	}
}

func TestLiteralSize(t *testing.T) {
	tests := []struct {
		line string
		n    int64
		ok   bool
	}{
		{`* LIST () "/" {12}`, 12, true},
		{`x {3+}`, 3, true},
		{`{0}`, 0, true},
		{`x {-1}`, 0, false},
		{`x {99999999999999999999}`, 0, false},
		{`x {}`, 0, false},
		{`x 12}`, 0, false},
		{`x {12} `, 0, false},
	}
	for _, tt := range tests {
		if n, ok := literalSize(tt.line); ok != tt.ok || ok && n != tt.n {
			t.Errorf("literalSize(%q) = %d, %v; want %d, %v", tt.line, n, ok, tt.n, tt.ok)
		}
	}
}

func TestServerDate(t *testing.T) {
	tests := map[string]string{
		"* OK ready at Mon, 12 Jan 2026 10:00:00 -0500":                              "2026-01-12T10:00:00-05:00",
		"* OK Domino IMAP4 Server Release 8.5 ready Wed, 3 Jun 2009 12:00:00 +0200.": "2009-06-03T12:00:00+02:00",
		"* OK Mon, is a good day":                                                    "",
		"* OK ready":                                                                 "",
	}
	for text, want := range tests {
		if got := serverDate(text); got != want {
			t.Errorf("serverDate(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSoftware(t *testing.T) {
	tests := map[string]string{
		"* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.":                         "Dovecot",
		"* OK [CAPABILITY IMAP4rev1 UIDPLUS] Courier-IMAP ready. Copyright 1998-2018": "Courier",
		"* OK mail.example.test Cyrus IMAP 3.6.1 server ready":                        "Cyrus",
		"* OK Gimap ready for requests from 127.0.0.1 q8mb1":                          "Gmail",
		"* OK The Microsoft Exchange IMAP4 service is ready. [QQBN]":                  "Microsoft Exchange",
		"* OK IMAP4 ready Zimbra 9.0.0":                                               "Zimbra",
		"* OK ready":                                                                  "",
	}
	for text, want := range tests {
		if got := software(text); got != want {
			t.Errorf("software(%q) = %q, want %q", text, got, want)
		}
	}
}

// filtered passes text through a filter after the library's greeting.
func filtered(r io.Reader) (string, *filter) {
	f := new(filter)
	in := io.MultiReader(strings.NewReader(prelude), r)
	var out strings.Builder
	p := make([]byte, 7)
	for {
		n, err := f.read(in, p)
		out.Write(p[:n])
		if err != nil {
			return strings.TrimPrefix(out.String(), prelude), f
		}
	}
}

func TestFilter(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"wanted", "* 3 EXISTS\r\nT1 OK done\r\n", "* 3 EXISTS\r\nT1 OK done\r\n"},
		{"not wanted", "* X a {3}\r\nT1 b {2}\r\n\r\n c\r\n* FLAGS ()\r\n* OK [X] {7}\r\n\r\n+ x\r\n* 1 exists\n", "* 1 exists\n"},
		{"literals", "* LIST () \"/\" {6}\r\n* X\r\ny {1}\r\nz\r\n", "* LIST () \"/\" {6}\r\n* X\r\ny {1}\r\nz\r\n"},
		{"text announces no literal", "T1 NO no {5}\r\n* 1 EXISTS\r\n", "T1 NO no {5}\r\n* 1 EXISTS\r\n"},
		{"ID", `* ID ("a" NIL "b" "NIL \" NIL" "c" NIL)` + "\r\n", `* ID ("a" "" "b" "NIL \" NIL" "c" "")` + "\r\n"},
		{"ID NIL", "* ID NIL\r\n", "* ID NIL\r\n"},
	}
	for _, tt := range tests {
		for kind, r := range map[string]io.Reader{
			"whole":         strings.NewReader(tt.in),
			"byte for byte": iotest.OneByteReader(strings.NewReader(tt.in)),
		} {
			if got, _ := filtered(r); got != tt.want {
				t.Errorf("%s, %s:\ngot  %q\nwant %q", tt.name, kind, got, tt.want)
			}
		}
	}
}

// However the bytes are split, the filter passes on the same, and never more than it
// received.
func FuzzFilter(f *testing.F) {
	f.Add([]byte("* 3 EXISTS\r\n* X {3}\r\nabc\r\nT1 OK\r\n* ID (\"a\" NIL)\r\n* BYE\r\n"))
	f.Add([]byte("* LIST () \"/\" {2}\r\nab {0}\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, a := filtered(bytes.NewReader(in))
		pieces, b := filtered(iotest.OneByteReader(bytes.NewReader(in)))
		if a.err.Error() != b.err.Error() {
			t.Errorf("errors differ: %v, %v", a.err, b.err)
		}
		if whole != pieces {
			t.Errorf("let through:\nwhole  %q\npieces %q", whole, pieces)
		}
		if len(whole) > len(in) {
			t.Errorf("%d bytes became %d", len(in), len(whole))
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{"", "+ abc", "* OK [A b] c", "a1 NO [X] y", "* 1 EXISTS", "* LIST {5}", "\x00", "* OK [] "} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := parse(line)
		if (r.kind == tagged) != (r.tag != "") {
			t.Errorf("kind %v with tag %q", r.kind, r.tag)
		}
		if r.kind == tagged && r.status == "" {
			t.Error("tagged without a status")
		}
		if len(r.rest) > len(line) || !strings.Contains(line, r.rest) || !strings.Contains(line, r.arg) {
			t.Errorf("parts that aren't in the line: %+v", r)
		}
		literalSize(line)
		serverDate(line)
		parseCapabilities(r.rest)
	})
}
