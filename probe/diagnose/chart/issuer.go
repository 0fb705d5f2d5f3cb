package chart

import (
	"strings"

	"maildoctor/probe/stage"
)

// CommonName returns the part of a distinguished name (RFC 4514) by which people
// know it: the common name, else the organization, else the whole. The result is
// safe to show.
func CommonName(dn string) string {
	organization := ""
	for _, part := range attributes(dn) {
		name, value, ok := strings.Cut(part, "=")
		switch name = strings.ToUpper(strings.TrimSpace(name)); {
		case !ok || value == "":
		case name == "CN":
			return stage.Visible(value)
		case name == "O" && organization == "":
			organization = value
		}
	}
	if organization != "" {
		return stage.Visible(organization)
	}
	return stage.Visible(dn)
}

// attributes splits a distinguished name at the commas and plus signs between its
// parts, and removes the escaping backslashes (RFC 4514 2.4). A backslash before two
// hex digits stands for a byte. Names made by this program's own libraries have none
// of these; in others they are left as they are.
func attributes(dn string) []string {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(dn); i++ {
		switch c := dn[i]; {
		case c == '\\' && i+1 < len(dn) && strings.IndexByte(` "#+,;<=>\`, dn[i+1]) >= 0:
			i++
			b.WriteByte(dn[i])
		case c == ',' || c == '+':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	for i, p := range parts {
		parts[i] = strings.TrimLeft(p, " ")
	}
	return append(parts, strings.TrimLeft(b.String(), " "))
}
