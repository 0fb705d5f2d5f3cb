package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/net/http/httpproxy"

	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/probe/dial"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
	"maildoctor/probe/web"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// networkFlags say how to use the network, and which sources to ask. All commands
// that search for settings have them.
type networkFlags struct {
	v4, v6       bool
	resolver     string
	controls     []string
	caFile       string
	private      bool
	privateFetch bool
	sources      []string
	sendAddress  bool
}

func (f *networkFlags) register(fs *pflag.FlagSet) {
	fs.BoolVarP(&f.v4, "ipv4", "4", false, "use only IPv4")
	fs.BoolVarP(&f.v6, "ipv6", "6", false, "use only IPv6")
	fs.StringVar(&f.resolver, "resolver", "", "ask only the name server at `ADDRESS`")
	fs.StringSliceVar(&f.controls, "control-resolver", nil, "if a name cannot be looked up, compare with the name server at `ADDRESS`, not with public ones")
	fs.StringVar(&f.caFile, "ca-file", "", "trust the certificates in `FILE` (PEM) as well")
	fs.BoolVar(&f.private, "private", false, "contact nobody but the provider's hosts and the resolver")
	fs.BoolVar(&f.privateFetch, "allow-private-fetch", false, "fetch from a private address too, if the mail server or the mail domain has one")
	fs.StringSliceVar(&f.sources, "source", nil, "take settings only from these: `LIST`, of "+strings.Join(sourceNames(), ", ")+", or all: ask even if the settings are known")
	fs.BoolVar(&f.sendAddress, "send-address", false, "tell the mail domain the whole address when asking it for settings")
}

// registerOnly registers those flags that have one of these names.
func (f *networkFlags) registerOnly(fs *pflag.FlagSet, names ...string) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.register(all)
	for _, name := range names {
		fs.AddFlag(all.Lookup(name))
	}
}

// sourceNames returns the values of --source.
func sourceNames() []string {
	var out []string
	for _, s := range stage.SourcesByTrust {
		out = append(out, string(s))
	}
	return out
}

// validate refuses what makes no sense.
func (f *networkFlags) validate() error {
	if f.v4 && f.v6 {
		return fault.Usage("-4 and -6: expected at most one of them")
	}
	for _, s := range f.sources {
		if s != "all" && !slices.Contains(sourceNames(), s) {
			return fault.Usage("--source %q: expected %s, or all", s, strings.Join(sourceNames(), ", "))
		}
	}
	return nil
}

// family returns "4", "6" or "".
func (f *networkFlags) family() string {
	switch {
	case f.v4:
		return "4"
	case f.v6:
		return "6"
	}
	return ""
}

// names returns the resolver and, if only one name server is asked, its address.
func (f *networkFlags) names() (r *resolve.Resolver, server string, err error) {
	if f.resolver != "" {
		if server, err = resolverAddress(f.resolver); err != nil {
			return nil, "", fault.Usage("%w", err)
		}
	}
	return resolve.New(resolve.Options{Server: server, Family: f.family()}), server, nil
}

// roots returns the roots that certificates are verified with.
func (f *networkFlags) roots() (*tlsinspect.Roots, error) {
	roots, err := tlsinspect.LoadRoots(f.caFile)
	if err != nil && f.caFile == "" {
		return nil, fault.Usage("%w", files.Expecting("the system's list of root certificates", err))
	}
	if err != nil {
		return nil, fault.Usage("--ca-file: %w", files.Expecting("a file of PEM certificates", err))
	}
	return roots, nil
}

// means are what a search and a trial of what it finds have in common.
type means struct {
	names  *resolve.Resolver
	server string // the only name server that is asked; empty: the system's
	roots  *tlsinspect.Roots
}

// means returns them, as the flags have it.
func (f *networkFlags) means() (m means, err error) {
	if m.names, m.server, err = f.names(); err != nil {
		return m, err
	}
	m.roots, err = f.roots()
	return m, err
}

// asksAll reports whether sources are asked even about what the catalogue knows.
func (f *networkFlags) asksAll() bool { return len(f.sources) > 0 }

// asker returns the client that searches for published settings.
func (f *networkFlags) asker(catalogue *profiles.Catalogue, by means) *discover.Asker {
	a := &discover.Asker{
		Names: dnsNames{by.names}, Catalogue: catalogue, SendAddress: f.sendAddress, Private: f.private,
		Nonce: "x" + strings.ToLower(rand.Text()[:12]),
	}
	if !slices.Contains(f.sources, "all") {
		for _, s := range f.sources {
			a.Sources = append(a.Sources, stage.SourceID(s))
		}
	}
	a.Web = webFetcher{web.Client{
		Lookup: a.Names.Addresses, Dial: dial.Network(0), Verify: by.roots.Verify, PrivateFetch: f.privateFetch,
		Proxy: proxyOfEnvironment(), ConnectTimeout: discover.DefaultTimeout / 2,
	}}
	return a
}

// proxyOfEnvironment returns a function that finds the environment's proxy for a
// URL.
func proxyOfEnvironment() func(*url.URL) (*url.URL, error) {
	env := httpproxy.FromEnvironment()
	if env.HTTPProxy == "" && env.HTTPSProxy == "" {
		return nil
	}
	return env.ProxyFunc()
}

// dnsNames does discovery's lookups with our resolver.
type dnsNames struct{ *resolve.Resolver }

func (n dnsNames) Addresses(ctx context.Context, host string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // no explanation is needed
	found, wait, err := n.Lookup(ctx, host, func(stage.Lookup) {})
	cancel()
	if wait != nil {
		wait()
	}
	if err != nil {
		return nil, err
	}
	return found.Addresses, nil
}

// webFetcher fetches files for discovery.
type webFetcher struct{ web.Client }

func (w webFetcher) Fetch(ctx context.Context, r discover.Request) (*discover.Page, error) {
	a, err := w.Client.Fetch(ctx, web.Request{URL: r.URL, Own: r.Own, Body: r.Body, Contacted: r.Contacted, Allowed: r.Allowed})
	switch {
	case errors.Is(err, web.ErrTooLarge):
		err = fmt.Errorf("%w: %w", discover.ErrUnusable, err)
	case errors.Is(err, web.ErrElsewhere):
		err = discover.ErrOutsider
	}
	refused, _ := errors.AsType[*web.CertificateError](err)
	switch {
	case a == nil && refused == nil:
		return nil, err
	case a == nil:
		a = &web.Answer{}
	}
	p := &discover.Page{URL: a.URL, Via: a.Via, Status: a.Status, Type: a.Type, Body: a.Body}
	if refused != nil {
		p.Refused = refused.Leaf
	}
	return p, err
}

// resolverAddress completes the argument of --resolver, an IP address with or
// without a port.
func resolverAddress(arg string) (string, error) {
	if a, err := netip.ParseAddr(strings.Trim(arg, "[]")); err == nil {
		return net.JoinHostPort(a.String(), "53"), nil
	}
	if a, err := netip.ParseAddrPort(arg); err == nil && a.Port() != 0 {
		return a.String(), nil
	}
	return "", fmt.Errorf("--resolver %q; expected an IP address, or one with a port such as 192.0.2.53:53", arg)
}
