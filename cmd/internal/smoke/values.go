package smoke

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// form reads the value of an expectation. It returns the values in the form of
// [stage.Expectation], or the value that is wrong and what was expected instead.
type form func(*strict.Value) (want []string, wrong *strict.Value, expected string)

// item reads one text of a list, or says what was expected.
type item func(text string) (value, expected string)

// Limits of what a file may say, in characters and values.
const (
	maxLine = 200
	maxList = 100
)

// words reads one of several words.
func words(all ...string) form {
	read := word(all...)
	return func(v *strict.Value) ([]string, *strict.Value, string) {
		w, expected := read(v.Text)
		if v.Kind != unstable.String || w == "" {
			return nil, v, expected
		}
		return []string{w}, nil, ""
	}
}

func word(all ...string) item {
	expected := strict.OrList(quoted(all))
	return func(text string) (string, string) {
		if !slices.Contains(all, text) {
			return "", expected
		}
		return text, expected
	}
}

// families reads by which kinds of addresses a server is reached; true stands for any.
func families(v *strict.Value) ([]string, *strict.Value, string) {
	if v.Kind == unstable.Bool {
		return []string{v.Text}, nil, ""
	}
	want, wrong, expected := words("ipv4", "ipv6", "both")(v)
	return want, wrong, expected + ", or true for any"
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return out
}

// truth reads true or false.
func truth(v *strict.Value) ([]string, *strict.Value, string) {
	if v.Kind != unstable.Bool {
		return nil, v, "true or false, without quotes"
	}
	return []string{v.Text}, nil, ""
}

// demand reads true, or false, which takes a default back.
func demand(v *strict.Value) ([]string, *strict.Value, string) {
	if v.Kind != unstable.Bool {
		return nil, v, "true or, to take a default back, false, without quotes"
	}
	return []string{v.Text}, nil, ""
}

// number reads a whole number.
func number(least, most int64, unit string) form {
	expected := "a whole number of " + unit + " from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10) + ", without quotes"
	return func(v *strict.Value) ([]string, *strict.Value, string) {
		n, ok := integer(v)
		if !ok || n < least || n > most {
			return nil, v, expected
		}
		return []string{strconv.FormatInt(n, 10)}, nil, ""
	}
}

// integer returns the value of a TOML integer.
func integer(v *strict.Value) (int64, bool) {
	n, err := strconv.ParseInt(strings.ReplaceAll(v.Text, "_", ""), 0, 64)
	return n, v.Kind == unstable.Integer && err == nil
}

// percent reads a share of the mailbox.
func percent(v *strict.Value) ([]string, *strict.Value, string) {
	n, ok := integer(v)
	if text, sign := strings.CutSuffix(v.Text, "%"); v.Kind == unstable.String && sign {
		var err error
		n, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		ok = err == nil
	}
	if !ok || n < 1 || n > 100 {
		return nil, v, `a whole number of percent from 1 to 100, such as "90%"`
	}
	return []string{strconv.FormatInt(n, 10)}, nil, ""
}

// size reads a number of bytes. Units are powers of two, as in profiles.
func size(v *strict.Value) ([]string, *strict.Value, string) {
	n, ok := integer(v)
	if v.Kind == unstable.String {
		n, ok = profiles.ParseSize(v.Text)
	}
	if !ok || n < 1 {
		return nil, v, `a size with its unit such as "25 MB", or a number of bytes`
	}
	return []string{strconv.FormatInt(n, 10)}, nil, ""
}

// maxWait is more than any limit of a run.
const maxWait = time.Hour

// milliseconds reads a time.
func milliseconds(v *strict.Value) ([]string, *strict.Value, string) {
	d, err := time.ParseDuration(v.Text)
	if v.Kind != unstable.String || err != nil || d < time.Millisecond || d > maxWait {
		return nil, v, `a time such as "2s" or "500ms", from 1ms to 1h`
	}
	return []string{strconv.FormatInt(d.Milliseconds(), 10)}, nil, ""
}

// part reads a part of a name.
func part(text string) (string, string) {
	if !oneLine(text) {
		return "", "one line of text of at most " + strconv.Itoa(maxLine) + " characters"
	}
	return text, "a part of the name"
}

// oneLine reports whether a text can be shown on one line.
func oneLine(s string) bool {
	return strings.TrimSpace(s) != "" && stage.Visible(s) == s && utf8.RuneCountInString(s) <= maxLine
}

// sender reads the address of a sender; true stands for the account's.
func sender(v *strict.Value) ([]string, *strict.Value, string) {
	switch {
	case v.Kind == unstable.Bool:
		return []string{v.Text}, nil, ""
	case v.Kind != unstable.String || !oneLine(v.Text) || smtp.CheckSender(v.Text) != nil:
		return nil, v, "an e-mail address such as jane@example.com, or true for the account's"
	}
	return []string{v.Text}, nil, ""
}

// sources reads which sources of published settings are meant, or the records that say
// which certificate a server has; true stands for all through which a domain itself
// speaks.
func sources(v *strict.Value) ([]string, *strict.Value, string) {
	if v.Kind == unstable.Bool {
		return []string{v.Text}, nil, ""
	}
	want, wrong, _ := list(sourceID)(v)
	return want, wrong, "true, or a list of " + strict.OrList(sourceNames())
}

// sourceIDs are all sources that a file may name.
var sourceIDs = append(slices.Clone(stage.SourcesByTrust), stage.SourceTLSA)

func sourceNames() []string {
	var out []string
	for _, s := range sourceIDs {
		out = append(out, strconv.Quote(string(s)))
	}
	return out
}

func sourceID(text string) (string, string) {
	if !slices.Contains(sourceIDs, stage.SourceID(text)) {
		return "", "a source"
	}
	return text, ""
}

// list reads a list of texts. One alone may stand without brackets.
func list(read item) form {
	return func(v *strict.Value) ([]string, *strict.Value, string) {
		items := v.Items
		if v.Kind == unstable.String {
			items = []*strict.Value{v}
		}
		if v.Kind != unstable.Array && v.Kind != unstable.String || len(items) == 0 || len(items) > maxList {
			_, expected := read("")
			return nil, v, "a list of at least one: " + expected
		}
		var out []string
		for _, i := range items {
			value, expected := read(i.Text)
			if i.Kind != unstable.String || value == "" {
				return nil, i, expected
			}
			out = append(out, value)
		}
		return out, nil, ""
	}
}

// certificateName reads a name in a certificate, which may begin with a star (RFC 9525
// 6.3), or an IP address.
func certificateName(text string) (string, string) {
	const expected = "a host name such as mail.example.com, *.example.com, or an IP address"
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		return ip.String(), expected
	}
	rest, star := strings.CutPrefix(text, "*.")
	name, ok := hostname.Parse(rest)
	switch {
	case !ok:
		return "", expected
	case star:
		return "*." + name, expected
	}
	return name, expected
}

// mechanismName is the name of a SASL mechanism (RFC 4422 3.1).
var mechanismName = regexp.MustCompile(`^[A-Z0-9_-]{1,20}$`)

func mechanism(text string) (string, string) {
	const expected = "a SASL mechanism such as PLAIN or SCRAM-SHA-256"
	if text = strings.ToUpper(text); !mechanismName.MatchString(text) {
		return "", expected
	}
	return text, expected
}

func capability(text string) (string, string) {
	const (
		expected   = "what the server lists, or its first words, such as IDLE, UIDL or SASL PLAIN"
		most, long = 10, 100 // words, and bytes of one
	)
	words := strings.Split(text, " ")
	wrong := func(w string) bool { return len(w) > long || !capabilityWord.MatchString(w) }
	if len(words) > most || slices.ContainsFunc(words, wrong) {
		return "", expected
	}
	return strings.ToUpper(text), expected
}

// capabilityWord is a word of what a server lists.
var capabilityWord = regexp.MustCompile(`^[!-~]+$`)

func causeID(text string) (string, string) {
	const expected = "the id of a cause, such as cert-expired; maildoctor explain lists them"
	if _, ok := cause.PageOf(cause.ID(text)); !ok {
		return "", expected
	}
	return text, expected
}
