package export

import (
	"errors"

	"maildoctor/profiles/published"
)

// thunderbird is the file that Thunderbird, and most programs that set themselves up,
// look for at the domain (draft-ietf-mailmaint-autoconfig), and in the folder isp beside
// the program. It serves every account of the domain.
var thunderbird = Form{
	Name: "thunderbird", Place: "https://autoconfig.DOMAIN/mail/config-v1.1.xml, or isp/DOMAIN.xml in Thunderbird's own folder",
	remarks: inXML, domain: true, takes: all, several: true, write: writeThunderbird,
}

func writeThunderbird(s *Settings) (string, error) {
	d := published.Document{ID: s.Domain, Domains: []string{s.Domain}, Name: s.Domain, ShortName: s.Domain}
	for _, v := range s.Servers {
		user, err := template(v.User, s)
		if err != nil {
			return "", err
		}
		method := published.PasswordCleartext
		if v.Token {
			method = published.OAuth2Token
		}
		d.Servers = append(d.Servers, published.Server{
			Endpoint: v.Endpoint, User: user, Authentication: []published.Authentication{{Method: method}},
		})
	}
	if len(d.Servers) == 0 {
		return "", errNoSuchServer("a server")
	}
	return string(published.WriteAutoconfig(d)), nil
}

// template is a user name as the file has it: for every address where it can be.
func template(user string, s *Settings) (string, error) {
	switch {
	case user == "":
		return "", ErrNoUserName
	case s.Address == "" && (user == published.FullAddress || user == published.LocalPart):
		return user, nil
	case user == s.Address:
		return published.FullAddress, nil
	case user == s.local():
		return published.LocalPart, nil
	}
	if filled, err := published.Fill(user, "jane@example.com"); err != nil || filled != user {
		return "", errors.New("the user name holds percent signs that this form reads as a placeholder")
	}
	return user, nil
}
