package redact

import (
	"fmt"
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
	taken     map[netip.Addr]bool // stand-ins that stand for an address
	servers   map[netip.Addr]bool // addresses that stay: the provider's
	words     *regexp.Regexp      // account and machine names; nil: none
	used      map[string]bool     // stand-ins that were put in
}

func newNames(s *stage.Stream) *names {
	n := &names{
		accounts: make(map[string]string), machines: make(map[string]string),
		addresses: make(map[netip.Addr]netip.Addr), servers: make(map[netip.Addr]bool),
		taken: make(map[netip.Addr]bool), used: make(map[string]bool),
	}
	for _, subject := range s.Header.Plan.Subjects {
		n.account(subject.User)
		n.account(subject.Address)
	}
	for _, c := range s.Header.Plan.Checks {
		n.account(c.User)
	}
	hosts := serverNames(s)
	for _, proxy := range s.Header.System.Proxies {
		n.local(hosts, proxy)
	}
	elsewhere := strangersAsked(s)
	for _, e := range s.Events {
		if e.Ordered != nil {
			n.account(e.Ordered.User)
		}
		if f := fetched(e); f != nil {
			n.local(hosts, hostOf(f.Location))
		}
		if !elsewhere[e.Check] {
			n.learn(e)
		}
	}
	n.compile()
	return n
}

// account notes a user name or mail address. An address keeps its domain, which
// the findings need, and its local part counts alone as well.
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

// learn notes which addresses are the provider's, and by which names a server
// calls this machine in its reply to EHLO.
func (n *names) learn(e stage.Event) {
	switch {
	case e.Attempt != nil:
		if a, err := netip.ParseAddrPort(e.Attempt.Address); err == nil {
			n.servers[a.Addr()] = true
		}
	case e.Lookup != nil:
		n.keep(e.Lookup.Addresses)
	case e.Result != nil:
		if f, ok := e.Result.Facts.(*stage.ResolveFacts); ok {
			n.keep(append(slices.Clone(f.Addresses), f.NotDialled...))
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

// hello is how servers greet a client by its name: the server's own name, a
// word of welcome, and ours (RFC 5321 4.1.1.1 leaves the text free).
var hello = regexp.MustCompile(`(?i)^250[ -]\S+,? (?:at your service|hello|hi|greets|pleased to meet you)[ ,]+(.*)$`)

// hostLike is a name with a dot in it.
var hostLike = regexp.MustCompile(`[A-Za-z0-9_](?:[A-Za-z0-9_-]*\.)+[A-Za-z][A-Za-z0-9-]*`)

func (n *names) greeted(line string) {
	if m := hello.FindStringSubmatch(line); m != nil {
		for _, name := range hostLike.FindAllString(m[1], -1) {
			n.machine(name)
		}
	}
}

// machine notes a name of this machine. Address literals are addresses.
func (n *names) machine(name string) {
	key := strings.ToLower(strings.TrimSuffix(name, "."))
	if key == "" || strings.HasPrefix(key, "[") || n.machines[key] != "" {
		return
	}
	n.machines[key] = fmt.Sprintf("machine-%d.invalid", len(n.machines)+1)
}

// compile makes the pattern of all names, the longest first, each as a whole
// word: "jane" is not replaced in "janet".
func (n *names) compile() {
	var all []string
	for name := range n.accounts {
		all = append(all, name)
	}
	for name := range n.machines {
		all = append(all, name)
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	for i := range all {
		all[i] = regexp.QuoteMeta(all[i])
	}
	n.words = regexp.MustCompile(`(?i)(?:` + strings.Join(all, "|") + `)`)
}

// replace puts stand-ins into a text.
func (n *names) replace(s string) string {
	return n.replaceAddresses(n.replaceWords(s))
}

func (n *names) replaceWords(s string) string {
	if n.words == nil {
		return s
	}
	var b strings.Builder
	last := 0
	for _, m := range n.words.FindAllStringIndex(s, -1) {
		if wordAt(s, m[0]-1) || wordAt(s, m[1]) {
			continue
		}
		key := strings.ToLower(s[m[0]:m[1]])
		stand := n.accounts[key]
		if stand == "" {
			stand = n.machines[key]
		}
		n.used[stand] = true
		b.WriteString(s[last:m[0]])
		b.WriteString(stand)
		last = m[1]
	}
	b.WriteString(s[last:])
	return b.String()
}

// wordAt reports whether the byte at i belongs to a word.
func wordAt(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// count returns how many different things were replaced.
func (n *names) count() int { return len(n.used) }
