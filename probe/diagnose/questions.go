package diagnose

import (
	"slices"

	"maildoctor/probe/stage"
)

// questions returns the follow-ups that would tell causes apart and that the
// record doesn't hold yet, in plan order. All belong to round one.
func questions(c *Case) []stage.Question {
	var asked []stage.Question
	for _, ask := range []func(*Case) []stage.Check{askPortSpeaksTLS, askIssuer, askPlainLogin} {
		for _, check := range ask(c) {
			check.Round = 1
			if c.Record.Check(check.ID) == nil {
				asked = append(asked, stage.Question{Check: check})
			}
		}
	}
	return asked
}

// askPortSpeaksTLS asks of each port that stays silent in clear text whether it
// waits for TLS.
func askPortSpeaksTLS(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		e := k.Check.Endpoint
		if e.Security == stage.TLS || k.fault(stage.Greeting) != stage.Silent {
			continue
		}
		e.Security = stage.TLS
		checks = append(checks, stage.Check{
			ID: k.Check.ID + "/tls", Kind: stage.KindTLS, Subject: k.Check.Subject, Endpoint: e,
			Parents: []string{k.Check.ID}, Question: stage.AskPortSpeaksTLS,
		})
	}
	return checks
}

// askIssuer asks whether the issuer that a chain names completes it: each
// address once, for all the checks that name it. It contacts a third party.
func askIssuer(c *Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	place := make(map[string]int)
	for _, k := range c.Checks {
		url := issuerURL(k)
		if url == "" || k.fault(stage.Handshake) != stage.BadCertificate || !k.has(stage.CertUnknownAuthority, stage.CertMissingLink) {
			continue
		}
		if i, ok := place[url]; ok {
			checks[i].Parents = append(checks[i].Parents, k.Check.ID)
			continue
		}
		place[url] = len(checks)
		checks = append(checks, stage.Check{
			ID: k.Check.ID + "/issuer", Kind: stage.KindFetch, Subject: k.Check.Subject, URL: url,
			Parents: []string{k.Check.ID}, Question: stage.AskIssuer,
		})
	}
	return checks
}

// askPlainLogin asks, once in a run, whether the password that SCRAM was refused
// is taken by PLAIN. It costs a login, so it is asked only where PLAIN is
// offered under TLS and the user has not chosen the mechanism.
func askPlainLogin(c *Case) []stage.Check {
	if c.Record.Header.Options.Mechanism != "" {
		return nil
	}
	for _, k := range c.Checks {
		offered := slices.Contains(k.login.Offered, "PLAIN") || slices.Contains(k.caps.Mechanisms, "PLAIN")
		if !k.scram() || !k.refusedLogin() || !k.login.Encrypted || !offered {
			continue
		}
		return []stage.Check{{
			ID: k.Check.ID + "/plain", Kind: stage.KindLogin, Subject: k.Check.Subject, Endpoint: k.Check.Endpoint,
			Parents: []string{k.Check.ID}, Question: stage.AskPlainLogin, Mechanism: "PLAIN",
		}}
	}
	return nil
}
