package markdown_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	unsafe "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"maildoctor/probe/stage"
	"maildoctor/report/markdown"
)

// renderer is what a site does with Markdown: tables, strikethrough, task lists and
// links of bare addresses, HTML let through.
var renderer = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList), goldmark.WithRendererOptions(unsafe.WithUnsafe()))

// shown is a page as a reader's program has it.
type shown struct {
	*html.Node
}

func parsed(t testing.TB, page string) shown {
	t.Helper()
	var b bytes.Buffer
	if err := renderer.Convert([]byte(page), &b); err != nil {
		t.Fatal(err)
	}
	n, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return shown{n}
}

// plain are the elements that a page may have. None has an attribute.
var plain = []string{
	"html", "head", "body", "h1", "h2", "p", "ul", "ol", "li", "strong", "code", "span", "br", "blockquote",
	"table", "thead", "tbody", "tr", "th", "td", "details", "summary",
}

// elements returns those that are not plain.
func (s shown) elements() (wrong []string) {
	for n := range s.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.ElementNode && (!slices.Contains(plain, n.Data) || len(n.Attr) > 0) {
			wrong = append(wrong, n.Data)
		}
	}
	return wrong
}

// blocks are the elements that begin on a line of their own.
var blocks = []string{"h1", "h2", "p", "li", "tr", "td", "th", "blockquote", "summary", "br"}

// text returns what is read: a line for each block.
func (s shown) text() string {
	var b strings.Builder
	for n := range s.Descendants() {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case slices.Contains(blocks, n.Data):
			b.WriteString("\n")
		}
	}
	return b.String()
}

// references are what GitHub and GitLab make something of, in text that is not code.
var references = regexp.MustCompile(`@[\w-]|#\w|[!%~&^]\w|://|(?i:www\.)|GH-\d|:[a-z0-9_+-]*[a-z_+-][a-z0-9_+-]*:|:100:|\$.*\$|\{[+-]|\[[+-]|\b[0-9a-f]{7,40}\b`)

// triggers returns the text in which they would find something.
func (s shown) triggers() (wrong []string) {
	for n := range s.Descendants() {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "code") {
			wrong = append(wrong, references.FindAllString(n.Data, -1)...)
		}
	}
	return wrong
}

// places are where text stands on a page: a format, and how many lines precede it.
var places = map[string]string{
	"paragraph": "%s\n",
	"heading":   "# x: %s\n",
	"item":      "- %s\n",
	"number":    "1. **%s:** x\n",
	"quote":     "> %s\n",
	"cell":      "| a | b |\n| --- | --- |\n| %s | y |\n",
	"last cell": "| a | b |\n| --- | --- |\n| `x` | %s |\n",
	"nested":    "- x\n  - %s\n",
	"folded":    "<details>\n<summary>x</summary>\n\n- %s\n\n</details>\n\n",
}

// nasty is text that means something to Markdown, HTML, GitHub or GitLab.
var nasty = []string{
	"@octocat", "#1", "octo/repo#12", "GH-7", "!5", "%3", "~bug", "&epic", "$x$", ":tada:", ":+1:", ":100:", "fixes #3", "/close", "/assign @me",
	"https://evil.example/", "http://a", "www.evil.example", "WWW.evil.example", "mailto:a@b.example", "a@b.example", "<https://a.example>", "ftp://x", "//x",
	"<script>alert(1)</script>", "<img src=x onerror=y>", "<!-- x", "-->", "</details>", "<b>x</b>", "&lt;b&gt;", "&#64;octocat", "&amp;",
	"**x**", "__x__", "*x*", "_x_", "`x`", "``x``", "```", "~~~", "~~x~~", "[a](b)", "![a](b)", "[a]: b", "[^1]", "[^1]: x", "[ ] x", "[x] y",
	"# x", "## x", "> x", "- x", "+ x", "* x", "1. x", "1) x", "12345678901. x", "---", "===", "***", "a | b", "|", "||", "\\", "\\\\|", "\\|", "a\\",
	"| a | b |", "| --- | --- |", "    x", "\tx", "a  \nb", "a\nb\n\nc", "\x1b[31m", "\x00", "\xff", "\u202ex", "\u2028", "8a3a8081817", "deadbeef",
	"{+ x +}", "[- x -]", "[[a]]", "{- x -}", "a: b", ": b", "x<br>y", "'\"", "^x", "H~2~O", "==x==", "é@ü", "`", "` `", "a`b|c", "!",
}

// sameText fails if a piece of Markdown doesn't show just the text.
func sameText(t testing.TB, place, text, escaped string) {
	t.Helper()
	page := parsed(t, fmt.Sprintf(places[place], escaped))
	if bad := page.elements(); len(bad) > 0 {
		t.Errorf("%s: %q becomes %q: elements %v", place, text, escaped, bad)
	}
	want := parsed(t, fmt.Sprintf(places[place], "MARK")).text()
	visible := strings.Join(strings.Fields(stage.Visible(text)), " ")
	if len(visible) > 3500 {
		return // cut
	}
	if got := page.text(); got != strings.Replace(want, "MARK", visible, 1) {
		t.Errorf("%s: %q becomes %q and shows %q", place, text, escaped, got)
	}
}

func holds(t testing.TB, text string) {
	t.Helper()
	if strings.TrimSpace(stage.Visible(text)) == "" {
		return
	}
	for place := range places {
		sameText(t, place, text, markdown.Text(text))
		sameText(t, place, text, markdown.Code(text))
	}
	if bad := parsed(t, markdown.Text(text)).triggers(); len(bad) > 0 {
		t.Errorf("%q becomes %q: %q", text, markdown.Text(text), bad)
	}
	if s := markdown.Text(text) + markdown.Code(text); strings.ContainsAny(s, "\n\r") || !utf8.ValidString(s) {
		t.Errorf("%q: more than one line, or no UTF-8", text)
	}
}

// TestTextIsNoMarkup: text is shown as it is, wherever it stands, and refers to nothing.
func TestTextIsNoMarkup(t *testing.T) {
	for _, text := range nasty {
		holds(t, text)
		holds(t, "before "+text+" after")
		holds(t, text+text)
	}
	for i, a := range nasty {
		for k := i % 6; k < len(nasty); k += 6 { // a sixth of all pairs
			b := nasty[k]
			sameText(t, "cell", a+" "+b, markdown.Text(a+" "+b))
			sameText(t, "paragraph", a+b, markdown.Text(a+b))
		}
	}
}

func FuzzText(f *testing.F) {
	for _, text := range nasty {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { holds(t, text) })
}

// TestRendererSeesMarkup: the renderer of these tests would show it.
func TestRendererSeesMarkup(t *testing.T) {
	for _, text := range []string{"[a](b)", "https://evil.example/", "www.evil.example", "a@b.example", "~~x~~", "<img src=x>", "- [x] y", "x[^1]\n\n[^1]: y"} {
		if len(parsed(t, text).elements()) == 0 {
			t.Errorf("%q shows nothing special", text)
		}
	}
	for _, text := range []string{"@octocat", "octo/repo#12", "GH-7", ":tada:", ":+1:", ":100:", "see deadbeef", "$x$", "\\@octocat", "&#64;octocat"} {
		if len(parsed(t, text).triggers()) == 0 {
			t.Errorf("%q refers to nothing", text)
		}
	}
}

// TestLongText is cut, and not inside a character.
func TestLongText(t *testing.T) {
	for _, text := range []string{strings.Repeat("@", 1<<20), strings.Repeat("é", 1<<20), strings.Repeat("x ", 1<<20)} {
		if s := markdown.Text(text); len(s) > 80_000 || !utf8.ValidString(s) || !strings.HasSuffix(s, "…") {
			t.Errorf("%d bytes of %.4q", len(s), text)
		}
	}
}
