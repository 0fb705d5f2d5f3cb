package term

import (
	"encoding/json"
	"fmt"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// everything lists all facts of all checks, with their JSON names.
func everything(p *page, r *report.Report) {
	p.head(say.HeadEverything())
	for i := range r.Checks {
		c := &r.Checks[i]
		p.flow(line{{"  ", plain}}, 4, p.data(c.Check.ID), strong, p.width)
		for _, res := range c.Results {
			p.flow(line{{p.pad("    "+p.clean(p.data(string(res.Stage))), 19), strong}}, 19, p.text(result(res)), plain, p.width)
			for _, f := range flatten(res.Facts) {
				p.flow(line{{"      " + p.clean(p.data(f.name)) + "  ", faint}}, 19, p.data(f.value), plain, p.width)
			}
		}
		p.paintMuch()
	}
}

// result summarises a result in one line, by its ids.
func result(r stage.Result) prose.Value {
	said := []prose.Value{prose.Data(string(r.Status)), prose.Data(string(r.Reason)), prose.Data(string(r.Fault))}
	if r.BlockedBy != "" {
		said[1] = say.ResultBlocked(said[1], prose.Data(string(r.BlockedBy)))
	}
	if r.Time > 0 {
		said = append(said, prose.Duration(r.Time))
	}
	return prose.All(said...)
}

// seen is a fact of a stage, with its JSON name.
type seen struct{ name, value string }

// flatten turns facts into names and values, in the order of their type.
func flatten(facts stage.Facts) []seen {
	if facts == nil {
		return nil
	}
	b, err := json.Marshal(facts)
	if err != nil {
		return []seen{{name: "facts", value: err.Error()}}
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var out []seen
	flattenValue(d, "", &out)
	return out
}

// flattenValue reads one JSON value and adds its leaves, named by their path.
func flattenValue(d *json.Decoder, path string, out *[]seen) {
	token, err := d.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return
			}
			flattenValue(d, strings.TrimPrefix(path+"."+fmt.Sprint(key), "."), out)
		}
		_, _ = d.Token() // the closing brace of what was encoded above
	case json.Delim('['):
		from := len(*out)
		for i := 0; d.More(); i++ {
			flattenValue(d, fmt.Sprintf("%s[%d]", path, i), out)
		}
		_, _ = d.Token() // the closing bracket
		*out = joinScalars((*out)[:from], (*out)[from:], path)
	default:
		// A certificate in DER is for programs, which find it in the JSON.
		if !strings.HasSuffix(path, "der") && token != nil {
			*out = append(*out, seen{name: path, value: fmt.Sprint(token)})
		}
	}
}

// joinScalars appends the elements of an array to out: on one line if all of them
// are scalars.
func joinScalars(out, elements []seen, path string) []seen {
	var values []string
	for i, f := range elements {
		if f.name != fmt.Sprintf("%s[%d]", path, i) {
			return append(out, elements...)
		}
		values = append(values, f.value)
	}
	if len(values) == 0 {
		return out
	}
	return append(out, seen{name: path, value: strings.Join(values, ", ")})
}
