package cause_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

const samplePage = `---
id: slow-path
stage: connect
severity: warn
who: network
title: {host} {is|are} slow
sources: RFC 6298; RFC 1
---

## In a sentence

{host} {is|are} slow.
Very much so.
{?lossy}Packets get lost.
{!lossy}No packet gets lost.

## What to do

- [wait-for-it: wait 10m {host}] You: wait for
  {host}.
{?lossy}{!several}- [repair-it: repair] Your network: repair it. With a command: ` + "`repair {host}`" + `

## As a technician

Look.

## How we know

Measured.

## Often mistaken for

- ` + "`mtu-blackhole`" + `: It stops.
`

func TestPageWords(t *testing.T) {
	p, err := cause.ParsePage(samplePage)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args                      prose.Args
		title, sentence, lastTodo string
	}{
		{nil, "The server is slow", "The server is slow. Very much so. No packet gets lost.", "wait for the server."},
		{
			prose.Args{"host": prose.And(prose.Data("a.example"), prose.Data("b.example")), "several": prose.Set(true), "lossy": prose.Set(true)},
			"a.example and b.example are slow", "a.example and b.example are slow. Very much so. Packets get lost.", "wait for a.example and b.example.",
		},
		{prose.Args{"host": prose.Data("{lossy}"), "lossy": prose.Set(true)}, "{lossy} is slow", "{lossy} is slow. Very much so. Packets get lost.", "repair it. With a command:"},
	} {
		if got := p.Title(prose.English(), c.args); got != c.title {
			t.Errorf("title %q, want %q", got, c.title)
		}
		if got := p.Sentence(prose.English(), c.args); got != c.sentence {
			t.Errorf("sentence %q, want %q", got, c.sentence)
		}
		actions := p.Actions(c.args)
		if got := actions[len(actions)-1].Text(prose.English()); got != c.lastTodo {
			t.Errorf("last action %q, want %q", got, c.lastTodo)
		}
	}
	if m := p.Missing(nil); len(m) != 1 || m[0] != "host" {
		t.Errorf("missing without arguments: %v", m)
	}
	if m := p.Missing(prose.Args{"host": prose.Data("a")}); m != nil {
		t.Errorf("missing with all arguments: %v", m)
	}
	if p.Sources[1] != "RFC 1" || p.Stage != stage.Connect || p.Who != cause.Network || p.Severity != cause.Warn {
		t.Errorf("front matter read as %+v", p)
	}
}

func TestPageMistakes(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"---\nid", "id", "front matter"},
		{"id: slow-path", "id: fast-path", "unknown cause"},
		{"id: slow-path", "id slow-path", "name: value"},
		{"stage: connect", "stage: dance", "unknown stage"},
		{"severity: warn", "severity: bad", "unknown severity"},
		{"who: network", "who: nobody", "unknown who"},
		{"who: network", "whom: network", "unknown name"},
		{"title: {host} {is|are} slow\n", "", "title"},
		{"sources: RFC 6298; RFC 1\n", "", "sources"},
		{"## How we know", "## How", "How we know"},
		{"## How we know", "## Why\n\nSo.\n\n## How we know", `unknown heading "Why"`},
		{"- [wait-for-it: wait 10m {host}] You", "- You", "id and kind"},
		{"[wait-for-it: wait 10m {host}] You", "[wait-for-it: wait 10m {host}] Somebody", "who acts"},
		{"[wait-for-it: wait", "[wait", "without an id"},
		{"[wait-for-it: wait", "[wait-for-it: rest", "no known kind"},
		{"[wait-for-it: wait", "[: wait", "without an id"},
		{"[wait-for-it: wait", "[Wait for it: wait", "without an id"},
		{"wait 10m", "wait 10x", "unknown value"},
		{"wait 10m", "repair 10m", "belongs to the kind wait"},
		{"wait 10m", "wait 0/tls", "unknown value"},
		{"wait 10m", "wait 465/ssl", "unknown value"},
		{"wait 10m", "wait 70000/tls", "unknown value"},
	} {
		text := strings.Replace(samplePage, c.old, c.new, 1)
		if _, err := cause.ParsePage(text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: error %v, want %q", c.new, c.old, err, c.want)
		}
	}
}

func TestPagesReadWithoutARun(t *testing.T) {
	for _, p := range cause.Pages() {
		text := p.Markdown(prose.English())
		if strings.ContainsAny(text, "{}") {
			t.Errorf("%s: braces are left in\n%s", p.ID, text)
		}
		for _, r := range text {
			if r > 0x7e || r < 0x20 && r != '\n' {
				t.Errorf("%s: the letter %q may not show on every console", p.ID, r)
			}
		}
		if !strings.HasPrefix(text, "# "+p.Title(prose.English(), nil)+"\n") || !strings.Contains(text, "## Sources\n\n- ") {
			t.Errorf("%s is no document:\n%s", p.ID, text)
		}
	}
	if _, ok := cause.PageOf("no-such-cause"); ok {
		t.Error("a page for no cause")
	}
	if len(cause.Pages()) != 125 || len(cause.All()) != 125 {
		t.Errorf("%d pages, %d causes", len(cause.Pages()), len(cause.All()))
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add(samplePage)
	f.Add("---\n---\n")
	f.Add("---\nid: slow-path\n---\n## In a sentence\n{?x")
	f.Fuzz(func(_ *testing.T, text string) {
		if p, err := cause.ParsePage(text); err == nil {
			p.Markdown(prose.English())
			p.Missing(nil)
		}
	})
}
