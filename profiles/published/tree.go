package published

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"maildoctor/probe/stage"
)

// node is an element of an XML text.
type node struct {
	name     string // without its namespace
	attrs    []xml.Attr
	text     strings.Builder // directly below it
	children []*node
	line     int
}

// entities are declarations within a document type, XML 1.0 section 4.2.
var entities = regexp.MustCompile(`(?i)!ENTITY|%[\w:.-]+;`)

// parseXML reads a bounded XML text whose root element is named root.
func parseXML(data []byte, root string) (*node, *Error) {
	text, err := xmlText(data)
	if err != nil {
		return nil, err
	}
	start := first(text)
	switch {
	case isHTML(text):
		return nil, &Error{lineAt(text, len(text)-len(start)), "found a web page (HTML), expected the element " + root, ErrHTML}
	case len(start) == 0:
		return nil, wrong(0, "found nothing, expected the element %s", root)
	case start[0] != '<':
		return nil, wrong(lineAt(text, len(text)-len(start)), "found text, expected the element %s", root)
	}
	top, err := buildTree(text)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(top.name, root) {
		return nil, wrong(top.line, "found the element %s, expected %s", quote(top.name), root)
	}
	return top, nil
}

// buildTree reads elements up to the end of the first one.
func buildTree(text []byte) (*node, *Error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	// A declaration that isn't at the beginning says nothing any more.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var open []*node
	for {
		line, _ := d.InputPos()
		token, err := d.RawToken()
		if err != nil {
			return nil, syntaxError(err, line)
		}
		switch t := token.(type) {
		case xml.Directive:
			if entities.Match(t) {
				return nil, wrong(line, "found a document type with entities, which are not read here")
			}
		case xml.StartElement:
			if len(open) == maxDepth {
				return nil, &Error{line, "found elements nested more than 32 deep", ErrTooLarge}
			}
			open = append(open, child(open, t, line))
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != t.Name.Local {
				return nil, wrong(line, "found the end of %s, which is not the element that is open", quote(t.Name.Local))
			}
			if len(open) == 1 {
				return open[0], nil
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		}
	}
}

// child makes the node of an element that begins.
func child(open []*node, t xml.StartElement, line int) *node {
	n := &node{name: t.Name.Local, attrs: t.Copy().Attr, line: line}
	if len(open) > 0 {
		parent := open[len(open)-1]
		parent.children = append(parent.children, n)
	}
	return n
}

func syntaxError(err error, line int) *Error {
	if errors.Is(err, io.EOF) {
		return wrong(line, "found the end of the text within an element")
	}
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return wrong(s.Line, "found what is no XML: %s", brief(s.Msg))
	}
	return wrong(line, "found what is no XML: %s", brief(err.Error()))
}

// value returns the text of an element on one line, without the space around it.
func (n *node) value() string { return oneLine(n.text.String()) }

// attr returns an attribute's value; empty where there is none.
func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return oneLine(a.Value)
		}
	}
	return ""
}

// oneLine makes a value fit to be shown in a line.
func oneLine(s string) string { return stage.Visible(strings.Join(strings.Fields(s), " ")) }

// all returns the children of a name, in any case.
func (n *node) all(name string) []*node {
	var out []*node
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			out = append(out, c)
		}
	}
	return out
}

// one returns the first child of a name, or nil.
func (n *node) one(name string) *node {
	if list := n.all(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// textOf returns the value of the first child of a name; empty where there is none.
func (n *node) textOf(name string) string {
	if c := n.one(name); c != nil {
		return c.value()
	}
	return ""
}
