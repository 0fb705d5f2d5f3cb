package chart

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// A certificate may name a hundred customers of a hosting provider. These are the
// numbers of names that are looked at, and that are tried as the server's.
const (
	maxNames     = 128
	maxNamesakes = 3
)

// Namesakes returns the host names for which the server's certificate would be
// valid, the likeliest first, if a known authority issued it and it lacks the
// requested name. At hosting providers the first of them is the name to type in.
//
// A wildcard certificate names no host in particular. The candidates are then the
// names in the greeting and in CNAME records, or else the usual ones.
func (k *Exam) Namesakes() []string {
	leaf, ok := k.Leaf()
	if !ok || !k.Has(stage.CertNameMismatch) || k.Refused() || k.Has(stage.CertSelfSigned, stage.CertMissingLink) || k.OnThisMachine() {
		return nil
	}
	leaf.Names = leaf.Names[:min(len(leaf.Names), maxNames)]
	var all []string
	for _, name := range slices.Concat(k.callsItself(), k.inCertificate(leaf), k.underWildcards(leaf)) {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if len(all) < maxNamesakes && mailName(name) && name != k.Host() && covers(leaf, name) {
			all = AppendNew(all, name)
		}
	}
	return all
}

// callsItself returns the names that the server has in its greeting and by CNAMEs.
func (k *Exam) callsItself() []string {
	var all []string
	for _, l := range k.Resolve.Lookups {
		all = append(all, l.CNAMEs[:min(len(l.CNAMEs), maxNamesakes)]...)
	}
	return append(all, hostWords.FindAllString(k.Greet.Text(), maxNamesakes)...)
}

// hostWords finds names with dots in a greeting.
var hostWords = regexp.MustCompile(`[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// inCertificate returns the names of a certificate: first those in the domain of the
// mail address or of the server, then the subject, then those that sound like mail.
func (k *Exam) inCertificate(leaf stage.Certificate) []string {
	subject := CommonName(leaf.Subject)
	var ranks [4][]string
	for _, name := range append([]string{subject}, leaf.Names...) {
		label, _, _ := strings.Cut(strings.ToLower(name), ".")
		rank := 3
		switch {
		case k.InOwnDomain(name):
			rank = 0
		case name == subject:
			rank = 1
		case slices.Contains(mailLabels, label):
			rank = 2
		}
		ranks[rank] = append(ranks[rank], name)
	}
	return slices.Concat(ranks[:]...)
}

// InOwnDomain reports whether a name is in the registered domain of the mail address
// or, without one, of the host that was typed.
func (k *Exam) InOwnDomain(name string) bool {
	of := k.Host()
	if _, domain, ok := strings.Cut(cmp.Or(k.Subject.Address, k.Subject.User), "@"); ok {
		of = domain
	}
	domain := account.Domain(of)
	return strings.Contains(domain, ".") && account.Domain(name) == domain
}

// mailLabels are usual first labels of mail servers, webLabels those of other
// services that share a certificate with them.
var (
	mailLabels = []string{"imap", "pop", "pop3", "smtp", "mail", "mx"}
	webLabels  = []string{
		"www", "webmail", "autodiscover", "autoconfig", "mta-sts", "cpanel", "webdisk", "whm", "cpcontacts", "cpcalendars", "ftp",
	}
)

// usualNames are usual first labels of a protocol's server, for certificates that
// leave that open.
var usualNames = map[stage.Protocol][]string{
	stage.IMAP: {"imap", "mail"},
	stage.POP3: {"pop", "mail"},
	stage.SMTP: {"smtp", "mail"},
}

// underWildcards returns the usual server names in the domains for which the
// certificate has a wildcard (RFC 9525 6.3). The label that was typed comes first.
func (k *Exam) underWildcards(leaf stage.Certificate) []string {
	label, _, _ := strings.Cut(k.Host(), ".")
	var all []string
	for _, name := range leaf.Names {
		domain, ok := strings.CutPrefix(name, "*.")
		if !ok {
			continue
		}
		labels := usualNames[k.Check.Endpoint.Protocol]
		if slices.Contains(mailLabels, label) {
			labels = append([]string{label}, labels...)
		}
		for _, l := range labels {
			all = append(all, l+"."+domain)
		}
	}
	return all
}

// mailName reports whether a name may be that of a server in the public network.
func mailName(name string) bool {
	label, _, _ := strings.Cut(name, ".")
	if _, err := netip.ParseAddr(name); err == nil || !hostName.MatchString(name) || slices.Contains(webLabels, label) {
		return false
	}
	own := func(end string) bool { return strings.HasSuffix(name, end) }
	return !slices.ContainsFunc(localNames, own) && !strings.HasSuffix(name, ".localdomain") && !strings.HasSuffix(name, ".invalid")
}

// hostName is a name of two labels or more (RFC 1123 2.1).
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// covers reports whether a certificate is valid for a host name (RFC 9525 6.3).
func covers(leaf stage.Certificate, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(leaf.Names, func(n string) bool {
		n = strings.ToLower(strings.TrimSuffix(n, "."))
		return n == host || n == "*."+parent
	})
}
