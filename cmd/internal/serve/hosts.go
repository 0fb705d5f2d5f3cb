package serve

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ofThisHost refuses requests whose Host isn't this server's: a web page in a browser on
// this machine may have a name that leads here (DNS rebinding). Addresses and localhost
// are always its own.
func ofThisHost(allowed []string, next http.Handler) http.Handler {
	allowed = append([]string{"localhost"}, allowed...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.Trim(host, "[]")
		_, err := netip.ParseAddr(host)
		if err != nil && !slices.ContainsFunc(allowed, func(name string) bool { return strings.EqualFold(name, host) }) {
			http.Error(w, "this host is not allowed; see --allowed-host", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
