package published

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"maildoctor/profiles/hostname"
)

// ErrNoUserName is returned where a source doesn't say how user names are formed.
var ErrNoUserName = errors.New("no user name is published")

// The placeholders of draft-ietf-mailmaint-autoconfig, section "Placeholders".
const (
	emailAddress   = "EMAILADDRESS"
	emailLocalPart = "EMAILLOCALPART"
	emailDomain    = "EMAILDOMAIN"
	// Thunderbird's; no address tells it.
	realName = "REALNAME"
)

// FullAddress is the template of a user name that is the whole address.
const FullAddress = "%" + emailAddress + "%"

// LocalPart is the template of a user name that is the address without its domain.
const LocalPart = "%" + emailLocalPart + "%"

// At returns the server as it is for one address, with host and user name filled in.
// A domain alone will do: then the user name stays a template. Where no address tells
// the user name, as with %REALNAME%, there is none: the server is right all the same.
func (s Server) At(address string) (Server, error) {
	host, err := Fill(s.Host, address)
	if err != nil {
		return Server{}, err
	}
	var ok bool
	if s.Host, ok = hostName(host); !ok {
		return Server{}, fmt.Errorf("the host %s is no name of a server for this address", quote(host))
	}
	if s.User == "" || !strings.Contains(address, "@") {
		return s, nil
	}
	if s.User, err = s.UserName(address); err != nil {
		s.User = ""
	}
	return s, nil
}

// UserName returns the user name that belongs to an address.
func (s Server) UserName(address string) (string, error) {
	if s.User == "" {
		return "", ErrNoUserName
	}
	return Fill(s.User, address)
}

// Fill replaces the placeholders in a text by the parts of an address. Of a domain
// alone, only %EMAILDOMAIN% is known.
func Fill(template, address string) (string, error) {
	local, domain := "", address
	at := strings.LastIndexByte(address, '@')
	if at >= 0 {
		local, domain = address[:at], address[at+1:]
	}
	return expand(template, func(name string) (string, error) {
		switch {
		case name == emailDomain:
			return domain, nil
		case name == emailLocalPart && at >= 0:
			return local, nil
		case name == emailAddress && at >= 0:
			return address, nil
		case name == emailLocalPart || name == emailAddress:
			return "", fmt.Errorf("%%%s%% needs an address, and there is only a domain", name)
		}
		return "", fmt.Errorf("%%%s%% can't be told from an address", name)
	})
}

// expand replaces the placeholders of a template: capital letters between percent
// signs. Other percent signs are kept, as in jane%example.com.
func expand(template string, value func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "%")
		if !closed || !capitals(name) {
			if broken := unfinished(rest); broken != "" {
				return "", fmt.Errorf("%%%s is no placeholder without a percent sign at its end", broken)
			}
			b.WriteByte('%')
			template = rest
			continue
		}
		filled, err := value(name)
		if err != nil {
			return "", err
		}
		b.WriteString(filled)
		template = after
	}
}

// capitals reports what may be the name of a placeholder. Two letters are an octet of a
// URL.
func capitals(s string) bool {
	return len(s) > 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// unfinished returns the name of the placeholder that a text begins with.
func unfinished(s string) string {
	for _, name := range []string{emailAddress, emailLocalPart, emailDomain, realName} {
		if strings.HasPrefix(s, name) {
			return name
		}
	}
	return ""
}

// hostName is [hostname.Server] that knows IP addresses in brackets as well.
func hostName(s string) (name string, ok bool) {
	if bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"); bare != s {
		if _, err := netip.ParseAddr(bare); err != nil {
			return "", false
		}
		s = bare
	}
	return hostname.Server(s)
}
