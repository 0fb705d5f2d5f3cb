// Package redact takes from a saved run what tells who made it: account names,
// the addresses of the machine and of its network, its names, and those of what
// stands in that network, such as a proxy. Each is
// replaced by the same stand-in wherever it occurs, so that what belongs
// together still does.
//
// In comes a stream, out goes another one, from which the same findings follow.
// What remains: the provider's domain and servers, their
// replies and certificates, figures and times.
package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"maildoctor/probe/stage"
)

// Stream returns a redacted copy of s, and how many different things were
// replaced. The error says that s cannot be written down.
func Stream(s *stage.Stream) (*stage.Stream, int, error) {
	n := newNames(s)
	var out bytes.Buffer
	w := stage.NewStreamWriter(lines{&out, n})
	if err := s.Copy(w); err != nil {
		return nil, 0, err
	}
	clean, err := stage.ReadStream(&out)
	if err != nil {
		return nil, 0, fmt.Errorf("the redacted stream cannot be read: %w", err)
	}
	clean.Unknown, clean.Broken = s.Unknown, s.Broken
	return clean, n.count(), nil
}

// lines redacts a stream as it is written, a line of JSON at a time.
type lines struct {
	to *bytes.Buffer
	n  *names
}

// Write gets one whole line, as [stage.StreamWriter] writes it.
func (l lines) Write(line []byte) (int, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber() // figures stay as they are
	var tree any
	if err := d.Decode(&tree); err != nil {
		return 0, err
	}
	b, err := json.Marshal(l.n.walk(tree, ""))
	if err != nil {
		return 0, err
	}
	l.to.Write(append(b, '\n'))
	return len(line), nil
}

// untouched are the members in which nothing is replaced: they hold words of
// our own, or bytes.
var untouched = map[string]bool{
	"type": true, "check": true, "stage": true, "status": true, "reason": true, "fault": true, "kind": true,
	"id": true, "question": true, "why": true, "parents": true, "der": true, "sha256": true, "outcome": true, "from": true,
	"not_before": true, "not_after": true, "started": true, "version": true, "commit": true, "security": true, "protocol": true, "with": true,
}

// walk replaces names in every string of a tree. key is the member that holds
// the node.
func (n *names) walk(node any, key string) any {
	switch v := node.(type) {
	case string:
		switch {
		case untouched[key]:
			return v
		case key == "path": // of a file of this computer: where it is tells who uses it
			return "FILE"
		case key == "location" && v != "":
			return n.replace(withoutPath(v))
		}
		return n.replace(v)
	case []any:
		for i := range v {
			v[i] = n.walk(v[i], key)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) { // in order, for the same stand-ins each time
			v[k] = n.walk(v[k], k)
		}
	}
	return node
}
