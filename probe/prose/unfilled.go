package prose

// Unfilled names the slots that hold nothing although the text wants something
// there, as "sentence.slot", and sentences that the language hasn't.
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
