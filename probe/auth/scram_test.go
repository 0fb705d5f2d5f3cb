package auth

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// vectors are the examples of RFC 5802 5 and RFC 7677 3.
var vectors = []struct {
	mech                                      Mechanism
	nonce                                     string
	clientFirst, serverFirst, clientFinal, ok string
}{
	{
		ScramSHA1, "fyko+d2lbbFgONRv9qkxdawL",
		"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
		"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
	},
	{
		ScramSHA256, "rOprNGfwEbeRWgbNEkqO",
		"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
	},
}

// example starts an exchange for vector i, with the RFC's client-first message.
func example(t *testing.T, i int) *scramClient {
	t.Helper()
	v := vectors[i]
	c, err := newScram(v.mech, Request{User: "user", Secret: NewSecret("pencil")}, func() string { return v.nonce })
	if err != nil {
		t.Fatal(err)
	}
	mech, ir, err := c.Start()
	if err != nil || mech != string(v.mech) || string(ir) != v.clientFirst {
		t.Fatalf("Start: %s, %q, %v; want %q", mech, ir, err, v.clientFirst)
	}
	return c
}

func TestScramVectors(t *testing.T) {
	for i, v := range vectors {
		c := example(t, i)
		if err := c.Done(); faultOf(err) != stage.ServerProof {
			t.Errorf("%s: Done at the start: %v, want server-proof", v.mech, err)
		}
		out, err := c.Next([]byte(v.serverFirst))
		if err != nil || string(out) != v.clientFinal {
			t.Errorf("%s: %q, %v; want %q", v.mech, out, err, v.clientFinal)
		}
		if err := c.Done(); faultOf(err) != stage.ServerProof {
			t.Errorf("%s: Done without a signature: %v, want server-proof", v.mech, err)
		}
		out, err = c.Next([]byte(v.ok))
		if err != nil || out == nil || len(out) != 0 {
			t.Errorf("%s: at the end %q, %v; want an empty response", v.mech, out, err)
		}
		if err := c.Done(); err != nil {
			t.Errorf("%s: Done: %v", v.mech, err)
		}
		if got := c.Seen(); got != (Seen{Iterations: 4096}) {
			t.Errorf("%s: seen %+v", v.mech, got)
		}
		if _, err := c.Next([]byte("more")); faultOf(err) != stage.TooManyRounds {
			t.Errorf("%s: one challenge more: %v, want too-many-rounds", v.mech, err)
		}
	}
}

// The peer, which verifies the -PLUS forms, must itself agree with the RFCs.
func TestPeerVectors(t *testing.T) {
	for _, v := range vectors {
		salt, _ := base64.StdEncoding.DecodeString(strings.Split(strings.Split(v.serverFirst, ",s=")[1], ",")[0])
		nonce, _, _ := strings.Cut(strings.TrimPrefix(v.serverFirst, "r="), ",")
		p := scramPeer{
			hash: hashOf(v.mech), password: "pencil", iterations: 4096, gs2: "n,,", salt: salt,
			clientFirst: strings.TrimPrefix(v.clientFirst, "n,,"), serverFirst: v.serverFirst, nonce: nonce,
		}
		if got, err := p.final(v.clientFinal); err != nil || got != v.ok {
			t.Errorf("%s: %q, %v; want %q", v.mech, got, err, v.ok)
		}
	}
}

// The peer verifies channel binding with the data of its own end of the connection.
func TestScramPlus(t *testing.T) {
	exporter := func(s states) []byte {
		b, err := s.server.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32) // RFC 9266 2
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	digest256 := func(s states) []byte { d := sha256.Sum256(s.client.PeerCertificates[0].Raw); return d[:] }
	digest384 := func(s states) []byte { d := sha512.Sum384(s.client.PeerCertificates[0].Raw); return d[:] }
	cases := []struct {
		name    string
		version uint16
		cert    tls.Certificate
		kind    string
		data    func(states) []byte
	}{
		{"TLS 1.3", tls.VersionTLS13, ecdsaCertificate(t, p256), "tls-exporter", exporter},
		{"TLS 1.2, SHA-256", tls.VersionTLS12, ecdsaCertificate(t, p256), "tls-server-end-point", digest256},
		{"TLS 1.2, SHA-384", tls.VersionTLS12, ecdsaCertificate(t, p384), "tls-server-end-point", digest384},
		// Ed25519 has no hash for RFC 5929 4.1; the exporter needs none.
		{"TLS 1.2, Ed25519", tls.VersionTLS12, ed25519Certificate(t), "tls-exporter", exporter},
	}
	for _, c := range cases {
		for _, m := range []Mechanism{ScramSHA256Plus, ScramSHA1Plus} {
			s := tlsPair(t, c.version, c.cert)
			req := Request{User: "jane", Secret: NewSecret("pa=ss, wörd"), TLS: &s.client, Encrypted: true}
			peer := scramPeer{hash: hashOf(m), password: "pa=ss, wörd", iterations: 4096, gs2: "p=" + c.kind + ",,", binding: c.data(s)}
			client, err := NewClient(m, req)
			if err != nil {
				t.Fatal(err)
			}
			if err := peer.run(client); err != nil {
				t.Errorf("%s, %s: %v", c.name, m, err)
			}
			if got := client.Seen().ChannelBinding; got != c.kind {
				t.Errorf("%s, %s: binding %q, want %q", c.name, m, got, c.kind)
			}
			other := tlsPair(t, c.version, ecdsaCertificate(t, p256))
			req.TLS = &other.client
			if client, err = NewClient(m, req); err != nil {
				t.Fatal(err)
			}
			if err := peer.run(client); err == nil {
				t.Errorf("%s, %s: somebody in the middle goes unnoticed", c.name, m)
			}
		}
	}
	if _, err := NewClient(ScramSHA256Plus, Request{TLS: &tls.ConnectionState{}}); faultOf(err) != stage.NoMechanism {
		t.Errorf("no channel: %v, want no-mechanism", err)
	}
}

// Without -PLUS the client says whether it supports channel binding (RFC 5802 6).
func TestScramHeader(t *testing.T) {
	s := tlsPair(t, tls.VersionTLS13, ecdsaCertificate(t, p256))
	cases := []struct {
		name string
		req  Request
		gs2  string
	}{
		{"in clear", Request{}, "n,,"},
		{"could have", Request{TLS: &s.client}, "y,,"},
		{"forced", Request{TLS: &s.client, Force: ScramSHA1}, "n,,"},
		{"cannot", Request{TLS: &tls.ConnectionState{}}, "n,,"},
	}
	for _, c := range cases {
		c.req.User, c.req.Secret = "jane", NewSecret("I\u00ADX \u00AA") // RFC 4013 3: becomes "IX a"
		client, err := NewClient(ScramSHA1, c.req)
		if err != nil {
			t.Fatal(err)
		}
		peer := scramPeer{hash: hashOf(ScramSHA1), password: "IX a", iterations: 10, gs2: c.gs2}
		if err := peer.run(client); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// First messages of a hostile server.
func TestScramServerFirst(t *testing.T) {
	const nonce = "fyko+d2lbbFgONRv9qkxdawL"
	cases := []struct {
		name, message string
		want          stage.Fault
		iterations    int
	}{
		{"2^31 iterations", "r=" + nonce + "x,s=QSXC,i=2147483647", stage.TooManyRounds, 2147483647},
		{"one too many", "r=" + nonce + "x,s=QSXC,i=1000001", stage.TooManyRounds, 1000001},
		{"beyond any integer", "r=" + nonce + "x,s=QSXC,i=" + strings.Repeat("9", 99), stage.TooManyRounds, 1<<63 - 1},
		{"zero", "r=" + nonce + "x,s=QSXC,i=0", stage.TooManyRounds, 0},
		{"negative", "r=" + nonce + "x,s=QSXC,i=-1", stage.TooManyRounds, -1},
		{"one", "r=" + nonce + "x,s=QSXC,i=1", "", 1},
		{"with an extension", "r=" + nonce + "x,s=QSXC,i=1,x=y", "", 1},
		{"a sign", "r=" + nonce + "x,s=QSXC,i=+5", stage.Malformed, 0},
		{"two signs", "r=" + nonce + "x,s=QSXC,i=--5", stage.Malformed, 0},
		{"no count", "r=" + nonce + "x,s=QSXC,i=", stage.Malformed, 0},
		{"no number", "r=" + nonce + "x,s=QSXC,i=many", stage.Malformed, 0},
		{"no field", "r=" + nonce + "x,s=QSXC", stage.Malformed, 0},
		{"our nonce alone", "r=" + nonce + ",s=QSXC,i=4096", stage.Malformed, 0},
		{"another nonce", "r=x" + nonce + ",s=QSXC,i=4096", stage.Malformed, 0},
		{"control characters", "r=" + nonce + "\x1b,s=QSXC,i=4096", stage.Malformed, 0},
		{"salt is no base64", "r=" + nonce + "x,s=???,i=4096", stage.Malformed, 4096},
		{"an unknown mandatory extension", "m=x,r=" + nonce + "x,s=QSXC,i=4096", stage.Malformed, 0},
		{"empty", "", stage.Malformed, 0},
		{"too long", "r=" + nonce + strings.Repeat("x", 5000) + ",s=QSXC,i=4096", stage.TooLong, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client := example(t, 0)
			start := time.Now()
			_, err := client.Next([]byte(c.message))
			if got := faultOf(err); got != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if got := client.Seen().Iterations; got != c.iterations {
				t.Errorf("iterations %d, want %d", got, c.iterations)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil {
				return
			}
			if _, err := client.Next([]byte(vectors[0].serverFirst)); faultOf(err) != stage.TooManyRounds {
				t.Errorf("goes on after an error: %v", err)
			}
			if err := client.Done(); faultOf(err) != stage.ServerProof {
				t.Errorf("Done: %v, want server-proof", err)
			}
		})
	}
}

func TestScramServerFinal(t *testing.T) {
	cases := []struct {
		name, message string
		want          stage.Fault
		told          string
	}{
		{"another signature", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", stage.ServerProof, ""},
		{"empty signature", "v=", stage.ServerProof, ""},
		{"no signature", "", stage.ServerProof, ""},
		{"no base64", "v=?", stage.ServerProof, ""},
		{"error", "e=channel-bindings-dont-match", "", "channel-bindings-dont-match"},
		{"error with an extension", "e=invalid-proof,x=y", "", "invalid-proof"},
		{"error that draws", "e=\x1b[2J", "", `\x1b[2J`},
		{"error that repeats", "e=PENCIL-is-wrong", "", repeatsSecret},
	}
	for _, c := range cases {
		client := example(t, 0)
		if _, err := client.Next([]byte(vectors[0].serverFirst)); err != nil {
			t.Fatal(err)
		}
		out, err := client.Next([]byte(c.message))
		if faultOf(err) != c.want || len(out) != 0 {
			t.Errorf("%s: %q, %v; want %q", c.name, out, err, c.want)
		}
		if got := client.Seen().ServerError; got != c.told {
			t.Errorf("%s: server's error %q, want %q", c.name, got, c.told)
		}
		if err := client.Done(); faultOf(err) != stage.ServerProof {
			t.Errorf("%s: Done: %v, want server-proof", c.name, err)
		}
	}
	// In place of its first message, too.
	client := example(t, 0)
	if out, err := client.Next([]byte("e=unknown-user")); err != nil || out == nil || client.Seen().ServerError != "unknown-user" {
		t.Errorf("%q, %v, %+v", out, err, client.Seen())
	}
}

func TestScramStartsOnce(t *testing.T) {
	if _, _, err := example(t, 0).Start(); faultOf(err) != stage.InternalProblem {
		t.Errorf("%v, want internal-problem", err)
	}
}

// FuzzScram checks that no message of a server is wrongly accepted as a proof, that
// none costs more than the limit, and that errors have known faults.
func FuzzScram(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.serverFirst, v.ok)
	}
	f.Add("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXC,i=2147483647", "e=other-error")
	f.Add("e=x", "")
	f.Add("r=fyko+d2lbbFgONRv9qkxdawLx,s=,i=1,", "v=\xff")
	f.Fuzz(func(t *testing.T, first, final string) {
		if n, err := checkServerFirst(first, vectors[0].nonce); err == nil && n > 100 && first != vectors[0].serverFirst {
			t.Skip("a long computation that is allowed")
		}
		c := example(t, 0)
		_, err1 := c.Next([]byte(first))
		_, err2 := c.Next([]byte(final))
		final = strings.NewReplacer("\r", "", "\n", "").Replace(final) // base64 may have them anywhere
		if c.Done() == nil && (first != vectors[0].serverFirst || !strings.HasPrefix(final, vectors[0].ok)) {
			t.Errorf("taken for a proof: %q, %q", first, final)
		}
		for _, err := range []error{err1, err2} {
			switch faultOf(err) {
			case "", stage.Malformed, stage.TooLong, stage.TooManyRounds, stage.ServerProof:
			default:
				t.Errorf("%v", err)
			}
			if err != nil && stage.Visible(err.Error()) != err.Error() {
				t.Errorf("the error draws: %q", err)
			}
		}
	})
}
