package installed

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// registryKey is a key of an export of Windows' registry.
type registryKey struct {
	path string
	set  map[string]setting // names of values in lower case
}

// readRegistry reads what regedit exports: "Windows Registry Editor Version 5.00" in
// UTF-16, or REGEDIT4. Lines are [key], "name"="text", "name"=dword:0000007b and
// "name"=hex:6a,00 or hex(1):6a,00, which a backslash continues. Other values are passed
// over.
func readRegistry(r *reader, s string) []registryKey {
	if !strings.HasPrefix(s, "Windows Registry Editor") && !strings.HasPrefix(s, "REGEDIT4") {
		r.wrong(position{line: 1, column: 1}, "expected the first line of an export of the registry, as regedit writes it")
		return nil
	}
	var keys []registryKey
	var begun line             // of a value that goes on
	var before strings.Builder // its text
	for l := range lines(s) {
		t := strings.TrimSpace(l.text)
		if before.Len() == 0 {
			begun = l
		}
		if more, ok := strings.CutSuffix(t, `\`); ok && !strings.HasPrefix(t, "[") {
			before.WriteString(more)
			continue
		}
		before.WriteString(t)
		t = before.String()
		before.Reset()
		keys = readRegistryLine(r, begun, t, keys)
	}
	return keys
}

// readRegistryLine reads a line that goes on nowhere.
func readRegistryLine(r *reader, l line, t string, keys []registryKey) []registryKey {
	switch {
	case strings.HasPrefix(t, "["):
		path, ok := strings.CutSuffix(t[1:], "]")
		if !ok {
			r.wrong(l.at(0), "expected ] at the end of a key")
		}
		return append(keys, registryKey{path, map[string]setting{}})
	case strings.HasPrefix(t, `"`) && len(keys) > 0:
		readRegistryValue(r, l, t, keys[len(keys)-1].set)
	}
	return keys
}

// readRegistryValue reads "name"=value.
func readRegistryValue(r *reader, l line, t string, set map[string]setting) {
	name, rest, ok := registryString(t)
	data, is := strings.CutPrefix(rest, "=")
	if !ok || !is {
		r.wrong(l.at(0), `expected "name"=value`)
		return
	}
	value, ok := registryData(data)
	if !ok {
		r.wrong(l.at(0), "expected text in double quotes, dword: and eight digits, or hex: and pairs of digits")
		return
	}
	set[strings.ToLower(name)] = setting{position: l.at(0), value: value, given: true}
}

// registryString reads text in double quotes, and returns what follows.
func registryString(t string) (s, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(t); i++ {
		switch {
		case t[i] == '"':
			return b.String(), t[i+1:], true
		case t[i] == '\\' && i+1 < len(t):
			i++
			fallthrough
		default:
			b.WriteByte(t[i])
		}
	}
	return "", "", false
}

// registryData reads a value as text. Outlook keeps text as binary data in UTF-16.
func registryData(t string) (string, bool) {
	if strings.HasPrefix(t, `"`) {
		s, _, ok := registryString(t)
		return s, ok
	}
	kind, digits, ok := strings.Cut(t, ":")
	switch {
	case !ok:
		return "", t == "-" // the value is deleted
	case kind == "dword":
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 32)
		return strconv.FormatUint(n, 10), err == nil
	case !strings.HasPrefix(kind, "hex"):
		return "", false
	}
	data, err := hex.DecodeString(strings.NewReplacer(",", "", " ", "", "\t", "").Replace(digits))
	if err != nil {
		return "", false
	}
	text, _, _ := strings.Cut(fromUTF16(data, binary.LittleEndian), "\x00")
	return text, true
}
