package term

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// maxWord is the width up to which a word is never cut: more than that of any host
// name (RFC 1035 2.3.4). Longer words are not meant for people.
const maxWord = 300

// flow writes running text after a prefix. Further lines are indented by hang
// columns, or less if a word needs the room. limit is the last column that may be
// used.
func (p *page) flow(prefix line, hang int, text string, st style, limit int) {
	if p.linear {
		prefix, hang = unindented(prefix), 0
	}
	rest := p.clean(text)
	first := p.lineWidth(prefix)
	if first > limit {
		prefix, first = p.flowPrefix(prefix, hang, limit), hang
	}
	if rest == "" {
		p.add(prefix...)
		return
	}
	if tight := p.size(rest[:wordEnd(rest, 0)]) > limit-first; tight || first > hang && first > limit/2 {
		if !blank(prefix) {
			p.add(prefix...)
		}
		first = p.hangOf(rest, hang, limit)
		prefix = line{{strings.Repeat(" ", first), plain}}
	}
	head, rest := p.take(rest, limit-first)
	p.add(append(prefix, span{head, st})...)
	for rest != "" {
		before := p.hangOf(rest, hang, limit)
		head, rest = p.take(rest, limit-before)
		p.add(span{strings.Repeat(" ", before), plain}, span{head, st})
	}
}

// blank reports whether a line shows nothing.
func blank(l line) bool {
	for _, s := range l {
		if strings.TrimSpace(s.text) != "" {
			return false
		}
	}
	return true
}

// hangOf returns the indentation of a line: less than usual if its first word needs
// the room.
func (p *page) hangOf(rest string, hang, limit int) int {
	return min(hang, max(limit-p.size(rest[:wordEnd(rest, 0)]), 0))
}

// flowPrefix writes a prefix that is longer than a line as text of its own, and
// returns the indentation for what comes below it.
func (p *page) flowPrefix(prefix line, hang, limit int) line {
	all, st := "", plain
	for _, s := range prefix {
		all += s.text
		if strings.TrimSpace(s.text) != "" {
			st = s.style
		}
	}
	words := strings.TrimLeft(all, " ")
	p.flow(line{{all[:len(all)-len(words)], plain}}, hang, strings.TrimRight(words, " "), st, limit)
	return line{{strings.Repeat(" ", hang), plain}}
}

// unindented returns a prefix for speech output: without indentation, and with
// single spaces.
func unindented(prefix line) line {
	var out line
	for _, s := range prefix {
		words := strings.Join(strings.Fields(s.text), " ")
		if words != "" {
			out = append(out, span{words + " ", s.style})
		}
	}
	return out
}

// wrap breaks text into lines of at most width columns, if its words allow that.
func (p *page) wrap(text string, width int) []string {
	var out []string
	for rest := p.clean(text); rest != ""; {
		var head string
		head, rest = p.take(rest, width)
		out = append(out, head)
	}
	return out
}

// take cuts the words that fit into width columns off the beginning of s, but at
// least one. No word is cut, because names, addresses and URLs are copied or read
// out.
func (p *page) take(s string, width int) (head, rest string) {
	s = strings.TrimLeft(s, " ")
	end, used := 0, 0
	for i := 0; i < len(s); {
		next := wordEnd(s, i)
		w := p.size(s[i:next])
		if used+w > width {
			break
		}
		used, end, i = used+w, next, next
	}
	if end == 0 {
		end = wordEnd(s, 0)
		if p.size(s[:end]) > maxWord {
			end = len(ansi.Truncate(s[:end], max(width, 2), ""))
		}
	}
	return strings.TrimRight(s[:end], " "), strings.TrimLeft(s[end:], " ")
}

// closing are East Asian punctuation marks that must not begin a line.
const closing = "、。，．！？：；）」』】〕〉》ー々"

// mostBytes is more than fits into maxWord columns, however narrow the characters
// are: a character has at most four bytes, and so has each of its combining marks
// ([stage.Visible]). The search ends there.
const mostBytes = 4 * 5 * (maxWord + 1)

// wordEnd returns where the word that begins at i ends, including spaces before it,
// or where it has become too long. East Asian text has no spaces: a line may end
// after any character.
func wordEnd(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	begin := i
	for i < len(s) && s[i] != ' ' && i < begin+mostBytes {
		if s[i] < 0x80 {
			i++
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
		if width < 2 {
			i += len(cluster)
			continue
		}
		if i == begin {
			i += len(cluster)
		}
		for i < len(s) {
			next, _ := ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
			if !strings.Contains(closing, next) {
				break
			}
			i += len(next)
		}
		return i
	}
	return i
}
