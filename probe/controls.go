package probe

import "maildoctor/probe/stage"

// PublicControls are the strangers that follow-ups ask where the user doesn't
// forbid it: large public services that stand for the rest of the world, and an
// address that is kept for documentation (RFC 5737), where nobody can be.
func PublicControls() stage.Controls {
	return stage.Controls{
		// Three operators, so that one that is blocked here is no verdict.
		Resolvers: []string{"1.1.1.1:53", "8.8.8.8:53", "9.9.9.9:53"},
		Name:      "www.iana.org",
		// The first is for receiving and the second for sending; the third does both.
		Hosts:  []string{"imap.gmail.com", "smtp.gmail.com", "outlook.office365.com"},
		Portal: "http://www.gstatic.com/generate_204",
		Time:   "pool.ntp.org",
		Nobody: "192.0.2.1",
	}
}
