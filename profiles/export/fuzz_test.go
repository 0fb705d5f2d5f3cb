package export

import (
	"slices"
	"testing"
	"unicode"
)

// hostile are user names with what some reader takes for its own.
var hostile = []string{
	"jane@q.com", "o'brien@q.com", `"a b"@q.com`, "q\\jane", "jane%example.com", "%EMAILADDRESS%", "%25", "jäne@q.com", "😀",
	"`touch x`", "$(id)", "${HOME}", "#{1+1}", "a #b", "a ;b", `\'`, "a'`id`'", `"; system("id"); "`, "'; exit; '", "<b>&amp;]]>--",
	"?>", "a:b@c/d?e#f", "%(user)s", "%U", "~/x", "[mailer]", "a  b", `a"b\c`, "$__env{HOME}", `"""`, "'''", `a\\`,
}

// expectSafe wants of every form that it refuses a user name, or that its program reads
// the same name.
func expectSafe(t *testing.T, user string) {
	usual := sample(testServers["tls"])
	named, addressed := usual, usual
	named.Servers = slices.Clone(usual.Servers)
	for i := range named.Servers {
		named.Servers[i].User = user
	}
	addressed.Address = user + "@q.com"
	both := named
	both.Address = addressed.Address
	for _, f := range forms {
		for _, s := range []Settings{both, named, addressed} {
			if file, err := f.Write(s); err == nil {
				expectReadBack(t, f.Name, s, file)
				break // what is taken together is taken alone
			}
		}
	}
}

// FuzzUserNames lets the programs themselves read what was written for them, each user
// name both as such and as part of the address.
func FuzzUserNames(f *testing.F) {
	for _, program := range []string{"msmtp", "mbsync", "neomutt", "ruby", "php", "python3", "node"} {
		need(f, program)
	}
	for _, name := range hostile {
		f.Add(name)
	}
	for c := '!'; c <= '~'; c++ {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			f.Add(string([]rune{c, 'a', c, 'b', c})) // at the beginning, within, at the end
		}
	}
	f.Fuzz(expectSafe)
}
