package diagnose

import (
	"fmt"

	"maildoctor/probe/stage"
)

// handshakeInquiries are about ports that take a connection and then do not say
// what was expected.
var handshakeInquiries = []inquiry{
	{
		id:    stage.AskPortSpeaksTLS,
		raise: raisePortSpeaksTLS,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does port %d speak TLS from the first byte?", c.Endpoint.Port)
		},
		answer: answerTLS,
	},
}

// raisePortSpeaksTLS asks of each port that stays silent in clear text whether it
// waits for TLS.
func raisePortSpeaksTLS(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if k.Check.Endpoint.Security == stage.TLS || k.fault(stage.Greeting) != stage.Silent {
			continue
		}
		f := k.after(stage.KindTLS, "tls")
		f.Endpoint.Security = stage.TLS
		checks = append(checks, f)
	}
	return checks
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
