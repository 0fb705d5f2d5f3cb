package main

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"maildoctor/cmd/internal/cli"
	"maildoctor/cmd/internal/console"
)

var draw = flag.Bool("draw", false, "draw the picture in the README anew")

// picture is the one in the README.
const picture = "../../.assets/report.svg"

// TestPicture holds the picture in the README against what the program shows today.
// How long things took, and when, is another matter. .ci/picture draws it anew.
func TestPicture(t *testing.T) {
	lines := shown(t, "demo", "wrong-password")
	if *draw {
		if err := os.WriteFile(picture, drawn(lines), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	svg, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readable(drawn(lines)), readable(svg)); diff != "" {
		t.Errorf("the picture is not today's; .ci/picture draws it anew (-today +picture)\n%s", diff)
	}
}

// shown is what a command shows on a terminal that knows all colours.
func shown(t *testing.T, args ...string) []string {
	t.Helper()
	var out, complaints bytes.Buffer
	environment := map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor"}
	cli.Main(args, console.Streams{
		In: strings.NewReader(""), Out: &out, Err: &complaints, Environ: os.Environ,
		LookupEnv:   func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		OutTerminal: true, Width: 80, Height: 60,
	})
	if complaints.Len() > 0 {
		t.Fatal(complaints.String())
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}

// The picture's measures, in its own units: those of one sign, and the edge.
const (
	signWidth, signHeight = 9, 20
	edge                  = 18
	columns               = 80
	foreground            = "#d7dae0"
	background            = "#16181d"
)

// drawn draws lines with colours. Each piece says how wide it is, for the columns to
// stand below each other in whichever font.
func drawn(lines []string) []byte {
	var b bytes.Buffer
	width, height := columns*signWidth+2*edge, len(lines)*signHeight+2*edge
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="A report of maildoctor">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	fmt.Fprintf(&b, `<g font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="15" fill="%s" xml:space="preserve">`+"\n", foreground)
	for i, line := range lines {
		column := 0
		for _, p := range pieces(line) {
			if text := strings.TrimRight(p.text, " "); text != "" {
				lead := ansi.StringWidth(text) - ansi.StringWidth(strings.TrimLeft(text, " "))
				text = strings.TrimLeft(text, " ")
				fmt.Fprintf(&b, `<text x="%d" y="%d" textLength="%d"%s>%s</text>`+"\n",
					edge+(column+lead)*signWidth, edge+(i+1)*signHeight-5, ansi.StringWidth(text)*signWidth, p.style, html.EscapeString(text))
			}
			column += ansi.StringWidth(p.text)
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// piece is text of one style.
type piece struct{ style, text string }

var sequence = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// pieces cuts a line where its style changes.
func pieces(line string) []piece {
	var out []piece
	style := ""
	for {
		at := sequence.FindStringSubmatchIndex(line)
		if at == nil {
			return append(out, piece{style, line})
		}
		out = append(out, piece{style, line[:at[0]]})
		style = attributes(line[at[2]:at[3]])
		line = line[at[1]:]
	}
}

// attributes are those of SVG for the parameters of a style: 1 is bold, 38;2;R;G;B a
// colour.
func attributes(parameters string) string {
	out := ""
	all := strings.Split(parameters, ";")
	for i := 0; i < len(all); i++ {
		switch {
		case all[i] == "1":
			out += ` font-weight="bold"`
		case all[i] == "38" && i+4 < len(all):
			out += ` fill="#`
			for _, c := range all[i+2 : i+5] {
				n, _ := strconv.Atoi(c)
				out += fmt.Sprintf("%02x", n)
			}
			out += `"`
			i += 4
		}
	}
	return out
}

var (
	text     = regexp.MustCompile(`y="(\d+)"[^>]*>([^<]*)<`)
	changing = regexp.MustCompile(`\d+(\.\d+)? m?s|20\d\d-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d`)
)

// readable is what a person reads in a picture, a line each, without times.
func readable(svg []byte) []string {
	var out []string
	last := ""
	for _, m := range text.FindAllStringSubmatch(string(svg), -1) {
		words := changing.ReplaceAllString(html.UnescapeString(m[2]), "...")
		words = strings.Join(strings.Fields(words), " ") // a short time has more room before it
		if m[1] == last {
			out[len(out)-1] += " " + words
			continue
		}
		out, last = append(out, words), m[1]
	}
	return out
}
