package diagnose

import (
	"fmt"
	"strconv"

	"maildoctor/probe/stage"
)

// Ask returns the question that a follow-up is to answer, as a whole sentence.
// For a check that is no follow-up it returns "".
func Ask(c stage.Check) string {
	switch c.Question {
	case stage.AskPortSpeaksTLS:
		return fmt.Sprintf("Does port %d speak TLS from the first byte?", c.Endpoint.Port)
	case stage.AskIssuer:
		return "Is a certificate missing between the server's and a trusted root?"
	case stage.AskPlainLogin:
		return "Is the same password accepted when it is sent by PLAIN?"
	}
	if c.FollowUp() {
		return "What does this port answer?"
	}
	return ""
}

// Answer says in whole sentences what a follow-up found out. For a check that is
// no follow-up it returns "".
func Answer(c stage.CheckRecord) string {
	if !c.Check.FollowUp() {
		return ""
	}
	if reason, ok := notMade(&c); ok {
		return "Not answered: " + reason + "."
	}
	text := ""
	switch c.Check.Question {
	case stage.AskPortSpeaksTLS:
		text = answerTLS(&c)
	case stage.AskIssuer:
		text = answerIssuer(&c)
	case stage.AskPlainLogin:
		text = answerPlain(&c)
	default:
		text = answerAny(&c)
	}
	return stage.Visible(text)
}

// notMade says why a follow-up was not carried out at all.
func notMade(c *stage.CheckRecord) (reason string, ok bool) {
	for _, r := range c.Results {
		if r.Status != stage.Skip {
			return "", false
		}
		switch r.Reason {
		case stage.LoginBudget:
			reason = "one more refused login might lock the account"
		case stage.OutOfTime:
			reason = "the run's time was up"
		case stage.Interrupted:
			reason = "the run was stopped"
		}
	}
	if reason == "" {
		reason = "the follow-up was not made"
	}
	return reason, true
}

func answerTLS(c *stage.CheckRecord) string {
	switch speaksTLS(c) {
	case yes:
		return "Yes, it answers when TLS begins at once."
	case no:
		if first := provoked(c); first != "" {
			return "No, it answers in clear text: " + short(first) + "."
		}
		return "No, it gives no answer to TLS either."
	}
	return answerAny(c)
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

func answerPlain(c *stage.CheckRecord) string {
	switch plainWorks(c) {
	case yes:
		return "Yes: PLAIN was accepted, so the password is right."
	case no:
		return "No: PLAIN was refused as well."
	}
	for _, r := range c.Results {
		if r.Stage == stage.Login && r.Reason == stage.LoginBudget {
			return "Not answered: one more refused login might lock the account."
		}
	}
	return answerAny(c)
}

// answerAny says how far a follow-up got.
func answerAny(c *stage.CheckRecord) string {
	if r := c.Failed(); r != nil {
		return "Not answered: " + short(describe(newCheck(c, 0, nil), r)) + "."
	}
	return "Not answered: the follow-up did not get that far."
}
