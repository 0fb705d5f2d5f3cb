package installed

import (
	"errors"
	"strconv"

	"maildoctor/profiles/published"
)

// readApple reads an Apple configuration profile, signed or not. iOS and macOS know no
// difference in it between TLS and STARTTLS; they go by the port.
func readApple(r *reader, data []byte) {
	accounts, problems, err := published.ReadAppleAccounts(data)
	var wrong *published.Error
	switch {
	case errors.As(err, &wrong):
		r.wrong(position{line: wrong.Line}, "%s", wrong.Reason)
		return
	case err != nil:
		r.wrong(position{}, "%v", err)
		return
	case len(accounts) == 0:
		r.wrong(position{}, "expected a payload of the type com.apple.mail.managed")
	}
	for _, p := range problems {
		r.wrong(position{line: p.Line}, "%s", p.Message)
	}
	for _, a := range accounts {
		account := r.account(a.Name, a.Address)
		for _, s := range a.Servers {
			given := func(value string) setting {
				return setting{position: position{line: s.Line}, value: value, given: value != ""}
			}
			e := entry{protocol: s.Protocol, security: s.Security, host: given(s.Host), port: given(strconv.Itoa(int(s.Port))), user: given(s.User)}
			if len(s.Authentication) > 0 {
				e.mechanism = s.Authentication[0].Word
			}
			r.serve(account, e)
		}
		r.keep(account)
	}
}
