package sample

import "maildoctor/probe/stage"

// programs: everything works, and the run also asked which other programs would
// connect. One certificate has a root that old systems lack, the submission server
// accepts old versions, and the run ended before everything was tried at the third
// server.
func programs() *run {
	r := jane()
	r.header.Options.Programs = true
	for _, c := range []string{pop, imap, smtp} {
		r.open(c)
		r.accepted(c)
	}
	for i := range r.events {
		if e := &r.events[i]; e.Result != nil && e.Check == pop {
			if f, ok := e.Result.Facts.(*stage.TLSFacts); ok {
				known := *f.Root
				known.Subject, known.Issuer = "CN=ISRG Root X1,O=Internet Security Research Group", "CN=ISRG Root X1,O=Internet Security Research Group"
				known.SHA256 = "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"
				f.Root = &known
			}
		}
	}
	for _, c := range []string{pop, imap} {
		r.refuses(c, stage.HelloTLS10RSA, stage.TLSVersion, "protocol_version (70)")
		r.refuses(c, stage.HelloTLS10, stage.TLSVersion, "protocol_version (70)")
		r.refuses(c, stage.HelloTLS11, stage.HandshakeReset, "")
		r.refuses(c, stage.HelloRSA, stage.TLSAlert, "handshake_failure (40)")
		r.agrees(c, stage.HelloTLS12, "TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
	}
	r.refuses(pop, stage.HelloNoName, stage.TLSAlert, "unrecognized_name (112)")
	r.agrees(imap, stage.HelloNoName, "TLS 1.3", "TLS_AES_128_GCM_SHA256")
	r.agrees(smtp, stage.HelloTLS10RSA, "TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA")
	r.agrees(smtp, stage.HelloTLS10, "TLS 1.0", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
	r.refuses(smtp, stage.HelloTLS11, stage.HandshakeTimeout, "")
	return r
}

// as returns the check that makes another program's handshake.
func (r *run) as(parent string, h stage.Hello) stage.Check {
	c := r.after(parent, "as-"+string(h), stage.KindProgram, "")
	c.Manner = stage.Manner{Address: addresses[c.Endpoint.Host], Hello: h}
	r.ask(c)
	r.connect(c.ID)
	return c
}

func (r *run) refuses(parent string, h stage.Hello, fault stage.Fault, alert string) {
	c := r.as(parent, h)
	r.fail(c.ID, stage.Handshake, 41, fault, &stage.TLSFacts{ServerName: c.Endpoint.Host, Alert: alert})
	r.done(c.ID)
}

func (r *run) agrees(parent string, h stage.Hello, version, suite string) {
	c := r.as(parent, h)
	f := tlsFacts(c.Endpoint.Host)
	f.Version, f.CipherSuite = version, suite
	r.pass(c.ID, stage.Handshake, 41, f)
	r.done(c.ID)
}
