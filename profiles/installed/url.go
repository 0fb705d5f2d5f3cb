package installed

import (
	"net/url"
	"strings"
)

// address is a server's URL (RFC 3986), as those write it who don't escape much: the
// user name ends at the last @ before the path.
type address struct {
	scheme               string // lower case
	user, password       setting
	host, port           setting
	path, query          string
	withoutSecret        string // scheme://user@host:port/
	hasUser, hasPassword bool
}

// splitURL reads one. Ends are the characters that end the part with host and port.
func splitURL(s setting, ends string) (a address, ok bool) {
	scheme, rest, ok := strings.Cut(s.value, "://")
	if !ok || scheme == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") != "" {
		return a, false
	}
	a.scheme = strings.ToLower(scheme)
	at := s
	if s.column > 0 {
		at.column += len(scheme) + len("://")
	}
	authority := rest
	if i := strings.IndexAny(rest, ends); i >= 0 {
		authority, a.path = rest[:i], rest[i:]
	}
	if i := strings.IndexByte(a.path, '?'); i >= 0 {
		a.path, a.query = a.path[:i], a.path[i+1:]
	}
	who := ""
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, has := strings.Cut(authority[:i], ":")
		a.hasUser, a.hasPassword = user != "", has
		a.user, a.password = at, at
		a.user.value, a.user.given = unescapedURL(user), user != ""
		a.password.value, a.password.given = unescapedURL(password), has
		who = user + "@"
		if authority = authority[i+1:]; at.column > 0 {
			at.column += i + 1
		}
	}
	at.value = authority
	a.host, a.port = hostAndPort(at)
	a.host.value = unescapedURL(a.host.value)
	a.withoutSecret = a.scheme + "://" + who + authority + "/"
	return a, true
}

// unescapedURL resolves percent signs where all of them are escapes.
func unescapedURL(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
