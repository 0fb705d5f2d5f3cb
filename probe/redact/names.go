package redact

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// names knows what is to be replaced, and by what.
type names struct {
	accounts  map[string]string // lower case
	machines  map[string]string
	addresses map[netip.Addr]netip.Addr
	taken     map[netip.Addr]bool // stand-ins in use
	full      map[string]bool     // kinds of stand-ins that are used up
	servers   map[netip.Addr]bool // addresses to keep: the provider's
	words     *dictionary         // account and machine names, in all forms
	hardware  map[string]string   // hardware addresses of network cards
	used      map[string]bool     // stand-ins that were inserted
	hosts     map[string]bool     // host names to keep
}

// senderOf returns the address that a smoke file expects to be accepted as the sender;
// empty if there is none.
func senderOf(c stage.Check) string {
	for _, x := range c.Expects {
		if x.ID == stage.ExpectSender && len(x.Want) > 0 && strings.Contains(x.Want[0], "@") {
			return x.Want[0]
		}
	}
	return ""
}

func newNames(s *stage.Stream) *names {
	n := &names{
		accounts: make(map[string]string), machines: make(map[string]string),
		addresses: make(map[netip.Addr]netip.Addr), servers: make(map[netip.Addr]bool),
		taken: make(map[netip.Addr]bool), used: make(map[string]bool), hardware: make(map[string]string),
		full: make(map[string]bool),
	}
	for _, subject := range s.Header.Plan.Subjects {
		n.account(subject.User)
		n.account(subject.Address)
		for _, a := range subject.Configured {
			n.account(a.Address)
			for _, server := range a.Servers {
				n.account(server.User)
			}
		}
		if subject.Profile != nil {
			n.publishedFor(subject.Profile.Others)
		}
	}
	n.account(s.Header.Options.Sender)
	n.account(s.Header.Options.Recipient)
	for _, c := range s.Header.Plan.Checks {
		n.account(c.User)
		n.account(senderOf(c))
	}
	hosts := serverNames(s)
	n.hosts = hosts
	for _, proxy := range s.Header.System.Proxies {
		n.local(hosts, proxy)
	}
	elsewhere := strangersAsked(s)
	for _, e := range s.Events {
		if e.Ordered != nil {
			n.account(e.Ordered.User)
		}
		if e.Source != nil {
			for _, s := range e.Source.Settings {
				n.account(s.User)
			}
		}
		if e.Result != nil {
			if f, ok := e.Result.Facts.(*stage.SearchFacts); ok {
				n.publishedFor(f.Servers)
			}
		}
		if f := fetched(e); f != nil {
			n.local(hosts, hostOf(f.Location))
		}
		if !elsewhere[e.Check] {
			n.learn(e)
		}
	}
	n.parents(hosts)
	n.compile(ownAddresses(s))
	return n
}

// publishedFor adds the user names that are published with servers.
func (n *names) publishedFor(all []stage.Named) {
	for _, s := range all {
		n.account(s.User)
	}
}

// account adds a user name or mail address. Of an address the domain is kept, because
// the findings need it, and the local part is also replaced by itself.
func (n *names) account(name string) {
	if name == "" {
		return
	}
	local, domain, isAddress := name, "", false
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		local, domain, isAddress = name[:i], name[i+1:], true
	}
	key := strings.ToLower(local)
	if _, ok := n.accounts[key]; !ok {
		n.accounts[key] = fmt.Sprintf("account-%d", len(n.accounts)+1)
	}
	if isAddress {
		n.accounts[strings.ToLower(name)] = n.accounts[key] + "@" + domain
	}
}

// learn records the addresses of the provider, and the names by which a server's reply
// to EHLO addresses this machine.
func (n *names) learn(e stage.Event) {
	switch {
	case e.Attempt != nil:
		if a, err := netip.ParseAddrPort(e.Attempt.Address); err == nil {
			n.servers[a.Addr()] = true
		}
	case e.Lookup != nil:
		n.keep(e.Lookup.Addresses)
		for _, name := range e.Lookup.CNAMEs {
			n.behind(name)
		}
	case e.Result != nil:
		if f, ok := e.Result.Facts.(*stage.ResolveFacts); ok {
			n.keep(append(slices.Clone(f.Addresses), f.NotDialled...))
			n.searched(f.Host, f.Error)
		}
	case e.Line != nil && e.Line.From == stage.Server:
		n.greeted(e.Line.Text)
	case e.Line != nil:
		if verb, name, ok := strings.Cut(e.Line.Text, " "); ok && (verb == "EHLO" || verb == "HELO") {
			n.machine(name)
		}
	}
}

func (n *names) keep(addresses []string) {
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			n.servers[ip] = true
		}
	}
}

// hello matches a reply to EHLO that greets the client by name: the server's own name,
// a greeting, and the client's name (RFC 5321 4.1.1.1 leaves the text open).
var hello = regexp.MustCompile(`(?i)^250[ -]\S+,? (?:at your service|hello|hi|greets|pleased to meet you)[ ,]+(.*)$`)

// hostLike matches a name that contains a dot.
var hostLike = regexp.MustCompile(`[A-Za-z0-9_](?:[A-Za-z0-9_-]*\.)+[A-Za-z][A-Za-z0-9-]*`)

func (n *names) greeted(line string) {
	m := hello.FindStringSubmatch(line)
	if m == nil {
		return
	}
	for _, name := range hostLike.FindAllString(m[1], -1) {
		n.machine(name)
	}
	if name := dotless.FindString(m[1]); name != "" && !welcome[strings.ToLower(name)] {
		n.machine(name)
	}
}

// dotless matches a name without a dot by which a server addresses this machine.
var dotless = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,}\b`)

// welcome are words that may be where a name is expected.
var welcome = map[string]bool{
	"there": true, "you": true, "pleased": true, "nice": true, "world": true, "friend": true, "unknown": true, "glad": true, "welcome": true,
	"localhost": true, "user": true, "client": true, "from": true, "how": true,
}

// searched records the domain that this machine's resolver appends to names
// (resolv.conf(5), search), as seen in the names looked up.
func (n *names) searched(host, text string) {
	for _, name := range hostLike.FindAllString(text, -1) {
		name = lowerASCII(strings.TrimSuffix(name, "."))
		if domain, ok := strings.CutPrefix(name, lowerASCII(host)+"."); ok && host != "" {
			n.machine(domain)
		}
	}
}

// behind is like [names.searched], for text in which any of the provider's hosts may
// precede the domain.
func (n *names) behind(text string) {
	for _, name := range hostLike.FindAllString(text, -1) {
		name = lowerASCII(strings.TrimSuffix(name, "."))
		if len(name) > maxHost {
			continue
		}
		for i := range len(name) {
			if name[i] == '.' && n.hosts[name[:i]] {
				n.machine(name[i+1:])
			}
		}
	}
}

// maxHost is the maximum length of a name (RFC 1035 2.3.4).
const maxHost = 255

// parents records the parent domains of this machine's names, unless they contain the
// provider's servers.
func (n *names) parents(hosts map[string]bool) {
	theirs := make(map[string]bool) // domains that contain servers
	for host := range hosts {
		for domain, ok := host, len(host) <= maxHost; ok; _, domain, ok = strings.Cut(domain, ".") {
			theirs[domain] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.machines)) {
		if _, domain, ok := strings.Cut(name, "."); ok && strings.Contains(domain, ".") && !theirs[domain] {
			n.machine(domain)
		}
	}
}

// machine adds a name of this machine. Address literals are handled as addresses.
func (n *names) machine(name string) {
	key := strings.ToLower(strings.TrimSuffix(name, "."))
	if key == "" || strings.HasPrefix(key, "[") || n.machines[key] != "" || n.hosts[key] {
		return
	}
	n.machines[key] = fmt.Sprintf("machine-%d.invalid", len(n.machines)+1)
}

// compile builds the dictionary of all names. Names are found only as whole words:
// "jane" is not replaced in "janet".
func (n *names) compile(own []string) {
	n.words = newDictionary()
	for _, name := range slices.Sorted(maps.Keys(n.accounts)) {
		stand := n.accounts[name]
		n.words.word(name, stand)
		n.words.encoded(name, stand)
		for _, form := range joined(name) {
			n.words.word(form, stand)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.machines)) {
		n.words.word(name, n.machines[name])
	}
	for _, address := range own {
		ip, err := netip.ParseAddr(address)
		if err != nil {
			continue
		}
		stand, ok := n.address(ip.Unmap().WithZone(""))
		if !ok {
			continue
		}
		for _, form := range spellings(ip.Unmap()) {
			n.words.word(form, stand.String())
		}
	}
}

// maxParts is the maximum number of parts of a name that are tried in other orders.
const maxParts = 3

// joined returns other spellings of a name with several parts: "jane.doe" as
// "jane_doe", "janedoe", "doe, jane" and so on.
func joined(name string) (out []string) {
	local, _, _ := strings.Cut(name, "@")
	parts := strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune("._-+ ", r) })
	if len(parts) < 2 || len(parts) > maxParts {
		return nil
	}
	back := slices.Clone(parts)
	slices.Reverse(back)
	for _, p := range [][]string{parts, back} {
		for _, between := range []string{".", "_", "-", "+", " ", "", ", "} {
			out = append(out, strings.Join(p, between))
		}
	}
	return out
}

// replace inserts stand-ins into a text.
func (n *names) replace(s string) string {
	return n.replaceAddresses(n.words.replace(n.replaceHardware(s), func(stand string) { n.used[stand] = true }))
}

// wordAt reports whether the byte at i belongs to a word.
func wordAt(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// count returns the number of different things replaced.
func (n *names) count() int { return len(n.used) }
