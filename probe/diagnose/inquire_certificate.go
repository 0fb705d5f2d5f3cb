package diagnose

import (
	"strconv"

	"maildoctor/probe/stage"
)

// certificateInquiries are about certificates that do not hold.
var certificateInquiries = []inquiry{
	{
		id:     stage.AskIssuer,
		raise:  raiseIssuer,
		ask:    func(stage.Check) string { return "Is a certificate missing between the server's and a trusted root?" },
		answer: answerIssuer,
	},
}

// raiseIssuer asks whether the issuer that a chain names completes it: each
// address once, for all the checks that name it. It contacts a third party.
func raiseIssuer(c *Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		url := issuerURL(k)
		if url == "" || k.fault(stage.Handshake) != stage.BadCertificate || !k.has(stage.CertUnknownAuthority, stage.CertMissingLink) {
			continue
		}
		checks = append(checks, stage.Check{
			ID: k.Check.ID + "/issuer", Kind: stage.KindFetch, Subject: k.Check.Subject, URL: url,
			Parents: []string{k.Check.ID},
		})
	}
	return checks
}

func answerIssuer(c *stage.CheckRecord) string {
	f := orEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch completes(c) {
	case yes:
		return "Yes: the certificate at " + f.URL + " is missing, and completes the chain."
	case no:
		if f.Issued {
			return "No: the certificate at " + f.URL + " is the issuer's, and leads to no trusted root either."
		}
		return "No: the certificate at " + f.URL + " is not the issuer's."
	}
	if f.Status == 0 {
		return "Not answered: nothing came from " + f.URL + "."
	}
	return "Not answered: no certificate came from " + f.URL + " (HTTP " + strconv.Itoa(f.Status) + ")."
}
