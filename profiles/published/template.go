package published

import (
	"slices"
	"strings"
	"unicode"

	"maildoctor/profiles/hostname"
)

// placeholders are those that have a meaning.
var placeholders = []string{emailAddress, emailLocalPart, emailDomain, realName}

// canonical writes the placeholders of a template in capitals, which is how mail
// programs know them.
func canonical(template string) string {
	parts := strings.Split(template, "%")
	for i, part := range parts {
		if between := i > 0 && i < len(parts)-1; between && slices.Contains(placeholders, strings.ToUpper(part)) {
			parts[i] = strings.ToUpper(part)
		}
	}
	return strings.Join(parts, "%")
}

// hostTemplate is hostName for a host that may hold placeholders.
func hostTemplate(s string) (host string, ok bool) {
	if !strings.Contains(s, "%") {
		return hostName(s)
	}
	// Whether it is a name can be told from any address.
	filled, err := Fill(canonical(s), "jane@example.com")
	if err != nil {
		return "", false
	}
	if name, good := hostname.Parse(filled); !good || name != strings.TrimSuffix(strings.ToLower(filled), ".") {
		return "", false
	}
	return canonical(strings.TrimSuffix(strings.ToLower(s), ".")), true
}

// userTemplate checks a user name that may hold placeholders. What can't be sent in a
// login is none.
func userTemplate(s string) (user string, ok bool) {
	if len(s) > maxValue || strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }) {
		return "", false
	}
	return canonical(s), true
}
