package profiles_test

import (
	"errors"
	"fmt"

	"maildoctor/profiles"
)

// A directory of one's own is laid over the embedded catalogue: q.com, which is
// CenturyLink's there, belongs to the company here.
func Example() {
	catalogue, err := profiles.Load("testdata/user")
	if err != nil {
		fmt.Println(err) // file:line:column: message, for each problem
		return
	}
	match, err := catalogue.Find("jane@Q.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	p := match.Profile
	fmt.Println(p.Name, "knows the user as", p.UserName(match.Address))
	for _, e := range p.Endpoints {
		fmt.Println(e.Protocol, e.Address(), e.Security)
	}
	fmt.Println(p.Message.Text, "a message, says", p.Message.Source)

	_, err = catalogue.Find("jane@qwst.net")
	fmt.Println(errors.Is(err, profiles.ErrUnknown), err)
	// Output:
	// Acme IT knows the user as jane
	// imap mail.acme.example:143 starttls
	// smtp 192.0.2.25:587 starttls
	// 1.5 GiB a message, says Acme intranet, limits
	// true no profile is known for "qwst.net"; did you mean qwest.net?
}

// Problems of all files come together, each with its place.
func ExampleParse() {
	_, err := profiles.Parse("mine.toml", []byte(`
id        = "mine"
name      = "My provider"
domains   = ["example.com"]
user_name = "full-address"
source    = { title = "A letter", read = 2026-11-22 }

[[endpoint]]
protocol = "imap"
host     = "imap.example.com"
port     = 99300
secruity = "tls"
`))
	fmt.Println(err)
	// Output:
	// mine.toml:8:3: endpoint.security is missing, expected tls, starttls, starttls-if-offered or none
	// mine.toml:11:12: endpoint.port: found 99300, expected a number from 1 to 65535, without quotes
	// mine.toml:12:1: unknown key "endpoint.secruity" (did you mean security?), expected protocol, host, port, security, optional, user_name, source or note
}
