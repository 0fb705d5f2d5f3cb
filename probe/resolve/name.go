package resolve

import (
	"strings"

	"maildoctor/probe/stage"
)

// checkName rejects names that no name server can know: with anything but letters,
// digits, hyphens and dots (RFC 1123 2.1), or with labels or names that are too long
// (RFC 1035 2.3.4). Underscores are allowed, because resolvers accept them and such
// host names exist. The error is a *stage.Error.
func checkName(host string) error {
	name := strings.TrimSuffix(host, ".")
	switch {
	case name == "":
		return stage.Errorf(stage.NameNotFound, "the host name is empty")
	case len(name) > 253:
		return stage.Errorf(stage.NameNotFound, "the host name has %d characters, at most 253 are possible", len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return stage.Errorf(stage.NameNotFound, "%q is not a host name: each part between dots has 1 to 63 characters", stage.Visible(host))
		}
	}
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", r) {
			return stage.Errorf(stage.NameNotFound, "%q is not a host name: %q can't be in one", stage.Visible(host), r)
		}
	}
	return nil
}

// canonical returns a name in the form in which names are compared.
func canonical(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, "."))
}
