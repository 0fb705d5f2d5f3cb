package probe

import "maildoctor/probe/stage"

// PublicControls are the third parties that follow-ups contact unless the user forbids
// it: large public services to compare with, and an address reserved for documentation
// (RFC 5737), where no host can be.
func PublicControls() stage.Controls {
	return stage.Controls{
		// Three operators, so that one being blocked here proves nothing.
		Resolvers: []string{"1.1.1.1:53", "8.8.8.8:53", "9.9.9.9:53"},
		Name:      "www.iana.org",
		// The first is for receiving, the second for sending, and the third for both.
		Hosts:  []string{"imap.gmail.com", "smtp.gmail.com", "outlook.office365.com"},
		Portal: "http://www.gstatic.com/generate_204",
		Time:   "pool.ntp.org",
		Nobody: "192.0.2.1",
	}
}
