package export

import (
	"errors"

	"maildoctor/probe/stage"
)

// grafana is the section smtp of grafana.ini
// (https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#smtp). It has
// no word for TLS from the first byte: that begins on port 465, and on no other.
var grafana = Form{
	Name: "grafana", Place: "grafana.ini", remarks: hashes, takes: sends, write: writeGrafana,
	secret: "set GF_SMTP_PASSWORD in Grafana's environment.",
}

const submissions = 465 // RFC 8314 section 7.3

func writeGrafana(s *Settings) (string, error) {
	v, user, from, err := s.sender(inINI)
	switch {
	case err != nil:
		return "", err
	case v.Security == stage.TLS && v.Port != submissions:
		return "", errors.New("it begins with TLS on port 465 alone, and the settings have another port")
	case v.Security != stage.TLS && v.Port == submissions:
		return "", errors.New("it begins with TLS on port 465, and the settings want STARTTLS or none there")
	}
	return "[smtp]\nenabled = true\n" +
		"host = " + hostPort(v) + "\n" +
		"user = " + user + "\n" +
		"from_address = " + from + "\n" +
		"startTLS_policy = " + chosen(v, "NoStartTLS", "MandatoryStartTLS", "NoStartTLS") + "\n" +
		"skip_verify = false\n", nil
}
