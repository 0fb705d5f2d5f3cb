package probe

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
)

// ThisSystem describes the machine that the run takes place on: its addresses, its name
// servers, and whether it is connected to a network.
func ThisSystem() stage.System {
	addresses := ownAddresses()
	return stage.System{
		OS:        runtime.GOOS,
		Arch:      runtime.GOARCH,
		Addresses: addresses,
		Resolvers: resolve.SystemServers(),
		Proxies:   proxies(),
		LinkUp:    len(addresses) > 0,
		Zone:      time.Now().Format("-07:00"),
	}
}

// ownAddresses returns the addresses of interfaces that are up, except loopback and
// link-local ones, which can't reach a mail server.
func ownAddresses() []string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var out []string
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			p, err := netip.ParsePrefix(a.String())
			if err == nil && !p.Addr().IsLinkLocalUnicast() && !p.Addr().IsLoopback() {
				out = append(out, p.Addr().String())
			}
		}
	}
	slices.Sort(out)
	return out
}

// systemResolver returns the resolver for a run without Options.Resolver.
func systemResolver(o Options) Resolver {
	return resolve.New(resolve.Options{Family: o.Family})
}

// proxies returns host:port of the HTTP proxies in the environment, without user names
// and passwords.
func proxies() []string {
	env := httpproxy.FromEnvironment()
	var out []string
	for _, p := range []string{env.HTTPSProxy, env.HTTPProxy} {
		if !strings.Contains(p, "://") {
			p = "http://" + p
		}
		u, err := url.Parse(p)
		if err != nil || u.Hostname() == "" || u.Scheme != "http" || u.User == nil && strings.Contains(p, "@") {
			continue
		}
		if a := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80")); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}
