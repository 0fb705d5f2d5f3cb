package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/term"
)

// canaries are secrets that resemble nothing else.
var canaries = map[string]string{
	"plain":        "Kq7vZx9wTm2jXrHp",
	"odd signs":    `Kq7"vZ\x 9w'T%m2;j<X>rH&`,
	"beyond ASCII": "Kq7žvZx9wßTm2ñjXrHpœ",
	"Latin-1":      "Kq7vZx9wßTm2ñjXrHpü",
	"copied":       "\u200b\u00a0Kq7vZx9w\u200bTm2\u00a0jXrHp \u00a0",
	"long":         strings.Repeat("Kq7vZx9wTm2jXrHpLn4sGy8k", 12),
	"token":        "yz29.Kq7vZx9wTm2jXrHp-Ln4sGy8k_",
}

// ways are the mechanisms, and the protocols that have them.
var ways = []struct {
	mechanism string
	protocols []probetest.Protocol
	canary    string // empty: each of the passwords in turn
}{
	{"PLAIN", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"LOGIN", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"CRAM-MD5", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"SCRAM-SHA-1", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"SCRAM-SHA-256", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"SCRAM-SHA-1-PLUS", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"SCRAM-SHA-256-PLUS", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, ""},
	{"XOAUTH2", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, "token"},
	{"OAUTHBEARER", []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}, "token"},
	{"IMAP LOGIN", []probetest.Protocol{probetest.IMAP}, ""},
	{"USER/PASS", []probetest.Protocol{probetest.POP3}, ""},
	{"APOP", []probetest.Protocol{probetest.POP3}, ""},
}

// peers are the servers that a password is sent to.
var peers = []struct {
	name   string
	faults []probetest.Fault
}{
	{"healthy", nil},
	{"wrong password", []probetest.Fault{probetest.WrongPassword}},
	{"echo whole", []probetest.Fault{probetest.EchoWhole}},
	{"echo whole, refused", []probetest.Fault{probetest.EchoWhole, probetest.WrongPassword}},
	{"echo cut", []probetest.Fault{probetest.EchoCut, probetest.WrongPassword}},
	{"echo base64", []probetest.Fault{probetest.EchoBase64}},
	{"echo hex", []probetest.Fault{probetest.EchoHex, probetest.WrongPassword}},
	{"echo folded", []probetest.Fault{probetest.EchoFolded}},
}

// hall runs the servers of the canary test.
type hall struct {
	root *probetest.CA
	tls  *probetest.Config // the part of a configuration that TLS needs
	ca   string            // file
}

func newHall(t *testing.T) *hall {
	root := must(probetest.NewCA("Canary Root"))
	cert := must(root.Issue(probetest.Leaf{IPs: []net.IP{net.IPv4(127, 0, 0, 1)}}))
	h := &hall{root: root, tls: &probetest.Config{TLS: probetest.TLS(cert)}, ca: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(h.ca, root.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

// visit is one run with a password.
type visit struct {
	mechanism string
	protocols []probetest.Protocol
	faults    []probetest.Fault
	secret    string
	clear     bool // without TLS, so that what is sent can be recorded
	naked     bool // the password is not withheld
}

// everything runs check with the servers of a visit. It returns everything that is
// shown and written, and the readable traffic.
func (h *hall) everything(t *testing.T, v visit) (outputs, wire string) {
	t.Helper()
	var taps []*wiretap
	dir := t.TempDir()
	saved := filepath.Join(dir, "run.jsonl")
	args := []string{
		"check", "--user", "jane", "--auth", v.mechanism, "--ca-file", h.ca, "-vv", "--color", "never",
		"--save", saved, "--output", "json=" + filepath.Join(dir, "r.json"), "--timeout", "5s",
	}
	if v.clear {
		args = append(args, "--allow-cleartext-login")
	}
	for _, p := range v.protocols {
		server, address := h.start(t, v, p)
		url := map[probetest.Protocol]string{probetest.IMAP: "imaps://", probetest.POP3: "pop3s://", probetest.SMTP: "smtps://"}[p] + address
		if v.clear {
			wiretap := listenIn(t, address)
			taps = append(taps, wiretap)
			url = string(p) + "://" + wiretap.address + "?starttls=never"
		}
		args = append(args, url)
		defer func() {
			if len(server.Logins()) == 0 {
				t.Errorf("%s: nobody logged in", p)
			}
		}()
	}
	s := screen{environ: map[string]string{"MAILDOCTOR_PASSWORD": v.secret}}
	if strings.Contains(v.mechanism, "OAUTH") || strings.HasPrefix(v.mechanism, "XO") {
		s.environ = map[string]string{"MAILDOCTOR_TOKEN": v.secret}
	}
	streams := s.terminal() // with progress
	if v.naked {
		streams.NewSecret = naked
	}
	if code := Main(args, streams); code != fault.ExitWorks && code != fault.ExitProblems {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	var b strings.Builder
	for _, text := range []string{s.out.String(), s.err.String(), read(t, saved), read(t, filepath.Join(dir, "r.json"))} {
		b.WriteString(text + "\n")
	}
	b.WriteString(lessVerbose(t, read(t, saved)))
	for _, wiretap := range taps {
		wire += wiretap.heard()
	}
	return b.String(), wire
}

// lessVerbose is the report as it is without -vv, wide and narrow.
func lessVerbose(t *testing.T, lines string) string {
	var b bytes.Buffer
	r := conclude(prose.English(), parse(t, lines))
	for _, o := range []report.Options{{Width: 80}, {Width: 60, Verbose: 1}, {Width: 200, Verbose: 1}} {
		if err := term.Render(&b, r, o); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func (h *hall) start(t *testing.T, v visit, p probetest.Protocol) (*probetest.Server, string) {
	t.Helper()
	c := probetest.Config{
		Protocol: p, Users: map[string]string{"jane": v.secret}, Faults: v.faults,
		Mechanisms: []string{v.mechanism}, APOP: v.mechanism == "APOP", Library: probetest.LibraryNever,
		Iterations: 64, // enough for a test
	}
	if slices.Contains([]string{"IMAP LOGIN", "USER/PASS", "APOP"}, v.mechanism) {
		c.Mechanisms = []string{}
	}
	if !v.clear {
		c.TLS = h.tls.TLS
	}
	server := must(probetest.Start(c))
	t.Cleanup(server.Close)
	return server, server.Addr().String()
}

// naked makes a password that nothing withholds.
func naked(v string) auth.Secret {
	s := auth.NewSecret(v)
	traces := reflect.ValueOf(&s).Elem().FieldByName("traces")
	reflect.NewAt(traces.Type(), unsafe.Pointer(traces.UnsafeAddr())).Elem().SetZero()
	return s
}

// wiretap forwards bytes to a server and records those of the client.
type wiretap struct {
	address string
	mu      sync.Mutex
	said    bytes.Buffer
}

func listenIn(t *testing.T, to string) *wiretap {
	t.Helper()
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	tp := &wiretap{address: ln.Addr().String()}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			running.Go(func() { pass(client, server, nil) })
			running.Go(func() { pass(server, client, tp) })
		}
	})
	t.Cleanup(func() { ln.Close(); running.Wait() })
	return tp
}

// pass copies until either side ends, and closes both.
func pass(to, from net.Conn, keep *wiretap) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		if keep != nil {
			keep.mu.Lock()
			keep.said.Write(b[:n])
			keep.mu.Unlock()
		}
		if _, w := to.Write(b[:n]); err != nil || w != nil {
			return
		}
	}
}

func (tp *wiretap) heard() string {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	return tp.said.String()
}

// No password is in anything that is shown or written, whatever the mechanism and
// however a server repeats it.
func TestCanary(t *testing.T) {
	h := newHall(t)
	passwords := []string{"plain", "odd signs", "beyond ASCII", "Latin-1", "copied", "long"}
	turn := 0
	for _, way := range ways {
		for _, peer := range peers {
			name := way.canary
			if name == "" {
				name = passwords[turn%len(passwords)]
				turn++
			}
			v := visit{mechanism: way.mechanism, protocols: way.protocols, faults: peer.faults, secret: canaries[name]}
			t.Run(fmt.Sprintf("%s/%s/%s", way.mechanism, peer.name, name), func(t *testing.T) {
				outputs, _ := h.everything(t, v)
				if found := scan(outputs, v.secret); found != nil {
					t.Errorf("the password is in the outputs:\n%s", strings.Join(found, "\n"))
				}
			})
		}
		turn++ // so that each server meets each password
	}
}

// Neither is anything equivalent to the password: no digest, no proof. In clear
// text, what was sent can be compared.
func TestCanaryProofs(t *testing.T) {
	h := newHall(t)
	for _, way := range ways {
		if strings.HasSuffix(way.mechanism, "-PLUS") || way.canary == "token" {
			continue // only over TLS
		}
		for _, peer := range peers[:4] {
			t.Run(way.mechanism+"/"+peer.name, func(t *testing.T) {
				v := visit{mechanism: way.mechanism, protocols: way.protocols, faults: peer.faults, secret: canaries["plain"], clear: true}
				outputs, wire := h.everything(t, v)
				if found := scan(outputs, v.secret); found != nil {
					t.Errorf("the password is in the outputs:\n%s", strings.Join(found, "\n"))
				}
				sent := proofs(wire)
				if len(sent) == 0 {
					t.Fatalf("nothing was heard on the wire:\n%s", wire)
				}
				all := readings(outputs)
				for _, p := range sent {
					for how, reading := range all {
						if strings.Contains(reading, p) {
							t.Errorf("%s: %q of what was sent is in the outputs", how, p)
							break
						}
					}
				}
			})
		}
	}
}

// The test can fail: if the password is not withheld, each of the echoes is seen.
// Lines that repeat in base64 what was sent are withheld for that reason alone, so
// the protocols' own commands carry this password.
func TestCanaryIsSeen(t *testing.T) {
	h := newHall(t)
	commands := map[probetest.Protocol]string{probetest.IMAP: "IMAP LOGIN", probetest.POP3: "USER/PASS", probetest.SMTP: "PLAIN"}
	for _, peer := range peers[2:] {
		for p, mechanism := range commands {
			if p == probetest.SMTP && slices.Contains(peer.faults, probetest.EchoWhole) {
				continue // it has no such command
			}
			t.Run(peer.name+"/"+string(p), func(t *testing.T) {
				v := visit{mechanism: mechanism, protocols: []probetest.Protocol{p}, faults: peer.faults, secret: canaries["odd signs"], naked: true}
				outputs, _ := h.everything(t, v)
				if scan(outputs, v.secret) == nil {
					t.Errorf("the password was not seen in the outputs:\n%s", outputs)
				}
			})
		}
	}
}
