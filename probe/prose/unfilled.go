package prose

// Unfilled returns the empty slots that the text requires, as "sentence.slot", and the
// sentences that the language doesn't have.
func (l *Language) Unfilled(v Value) []string {
	var out []string
	for _, item := range v.items {
		out = append(out, l.Unfilled(item)...)
	}
	if v.kind != sentence {
		return out
	}
	t := l.sentences[ID(v.text)]
	if t == nil {
		return append(out, v.text)
	}
	for _, p := range t.parts {
		if p.slot != "" && v.slot(p.slot).Empty() {
			out = append(out, v.text+"."+p.slot)
		}
	}
	return out
}
