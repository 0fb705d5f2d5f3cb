package prose

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a sentence with slots.
type Template struct {
	conditions []condition
	parts      []part
}

// part is a piece of a template: text, a slot, plural forms, or an optional piece that
// appears only if its slots are filled.
type part struct {
	letters  string
	verbatim bool     // the text keeps its case
	slot     string   // the slot to insert, or whose number selects the form
	forms    []string // plural forms, selected by the slot's number
	optional []part
}

// condition makes a template apply only if a slot is filled, or only if it isn't.
type condition struct {
	slot   string
	absent bool
}

// DefaultCount is the slot whose number selects between forms that name no slot.
const DefaultCount = "host"

// Parse parses a template:
//
//	{slot}             the value of a slot
//	{slot:one|other}   a plural form, by the number in a slot: a count, a list's length
//	{one|other}        a plural form, by the number of hosts
//	{[ in {slot}]}     appears only if every slot in it is filled
//	{=maildoctor}      text that keeps its case at the beginning of a sentence
//	{?slot}, {!slot}   at the beginning: applies only if the slot is filled, or isn't
//
// The error names what can't be parsed.
func Parse(text string) (*Template, error) {
	t := new(Template)
	for strings.HasPrefix(text, "{?") || strings.HasPrefix(text, "{!") {
		slot, rest, ok := strings.Cut(text[2:], "}")
		if !ok || slot == "" {
			return nil, fmt.Errorf("a condition is not closed: %q", text)
		}
		t.conditions = append(t.conditions, condition{slot, text[1] == '!'})
		text = strings.TrimSpace(rest)
	}
	parts, _, err := parse(text, false)
	t.parts = parts
	return t, err
}

// parse parses parts up to the end, or to the end of an optional piece.
func parse(text string, inside bool) (parts []part, rest string, err error) {
	for text != "" {
		end := len(text)
		if inside {
			if end = strings.Index(text, "]}"); end < 0 {
				return nil, "", fmt.Errorf("a piece is not closed by ]}: %q", text)
			}
		}
		i := strings.IndexByte(text, '{')
		if i < 0 || i > end {
			i = end
		}
		if i > 0 {
			parts = append(parts, part{letters: text[:i]})
		}
		if text = text[i:]; i == end {
			break
		}
		p := part{}
		if p, text, err = braces(text, inside); err != nil {
			return nil, "", err
		}
		parts = append(parts, p)
	}
	return parts, text, nil
}

// braces parses a part in braces, and returns the text after it.
func braces(text string, inside bool) (p part, rest string, err error) {
	if piece, ok := strings.CutPrefix(text, "{["); ok {
		if inside {
			return p, "", fmt.Errorf("a piece within a piece: %q", text)
		}
		p.optional, rest, err = parse(piece, true)
		if err == nil && !strings.HasPrefix(rest, "]}") {
			err = fmt.Errorf("a piece is not closed by ]}: %q", text)
		}
		return p, strings.TrimPrefix(rest, "]}"), err
	}
	name, rest, ok := strings.Cut(text[1:], "}")
	if !ok || name == "" {
		return p, "", fmt.Errorf("a slot is not closed, or empty: %q", text)
	}
	return slotPart(name), rest, nil
}

// slotPart parses the contents of braces.
func slotPart(name string) part {
	if word, ok := strings.CutPrefix(name, "="); ok {
		return part{letters: word, verbatim: true}
	}
	if !strings.Contains(name, "|") {
		return part{slot: name}
	}
	slot, forms, ok := strings.Cut(name, ":")
	if !ok {
		slot, forms = DefaultCount, name
	}
	return part{slot: slot, forms: strings.Split(forms, "|")}
}

// Holds reports whether the conditions of a template are met.
func (t *Template) Holds(args Args) bool {
	for _, c := range t.conditions {
		if args[c.slot].Empty() != c.absent {
			return false
		}
	}
	return true
}

// Slots returns the slots whose values are shown, in order and without duplicates. With
// counts, it includes those that only select plural forms.
func (t *Template) Slots(counts bool) []string {
	var out []string
	var walk func(parts []part)
	walk = func(parts []part) {
		for _, p := range parts {
			if p.slot != "" && (p.forms == nil || counts) && !slices.Contains(out, p.slot) {
				out = append(out, p.slot)
			}
			walk(p.optional)
		}
	}
	walk(t.parts)
	return out
}

// Conditions returns the slots that decide whether the template applies, and whether
// each must be filled.
func (t *Template) Conditions() map[string]bool {
	out := make(map[string]bool)
	for _, c := range t.conditions {
		out[c.slot] = !c.absent
	}
	return out
}
