package term_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// backgrounds are those of common themes, as their authors publish them.
var backgrounds = map[string]string{
	"xterm": "000000", "xterm, reversed": "ffffff", "Solarized dark": "002b36", "Solarized light": "fdf6e3",
	"Gruvbox dark": "282828", "Gruvbox light": "fbf1c7", "Dracula": "282a36", "Nord": "2e3440", "Monokai": "272822",
	"One Dark": "282c34", "One Light": "fafafa", "Ubuntu": "300a24", "PowerShell": "012456", "Campbell": "0c0c0c",
	"Tango": "2e3436", "Tomorrow Night": "1d1f21", "Catppuccin Mocha": "1e1e2e", "Catppuccin Latte": "eff1f5",
	"GitHub dark": "0d1117", "GitHub light": "ffffff", "Tokyo Night": "1a1b26",
}

// luminance is the relative luminance of a colour (WCAG 2.2).
func luminance(t *testing.T, rgb string) float64 {
	t.Helper()
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i := range 3 {
		n, err := strconv.ParseUint(rgb[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weights[i] * c
	}
	return sum
}

// contrast is the contrast ratio of two colours (WCAG 2.2).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a)+0.05, luminance(t, b)+0.05
	return max(x, y) / min(x, y)
}

// coded finds the parameters of escape sequences that set a style.
var coded = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// looks returns the coloured styles of reports, each once.
func looks(t *testing.T, c report.Colour) []string {
	t.Helper()
	var all []string
	for _, s := range sample.Cases() {
		for _, m := range coded.FindAllStringSubmatch(render(t, s.Name, report.Options{Colour: c, Verbose: 1}), -1) {
			if !slices.Contains(all, m[1]) {
				all = append(all, m[1])
			}
		}
	}
	return all
}

// rgbOf returns the colour of a style; empty if the theme decides, as for text
// without one.
func rgbOf(look string) string {
	if _, rgb, ok := strings.Cut(look, "38;2;"); ok {
		var r, g, b int
		if _, err := fmt.Sscanf(rgb, "%d;%d;%d", &r, &g, &b); err != nil {
			return "?"
		}
		return fmt.Sprintf("%02x%02x%02x", r, g, b)
	}
	if _, index, ok := strings.Cut(look, "38;5;"); ok {
		n, err := strconv.Atoi(index)
		if err != nil || n < 16 || n > 231 {
			return "?" // one of the theme's, or a grey
		}
		levels := [6]int{0, 0x5f, 0x87, 0xaf, 0xd7, 0xff}
		n -= 16
		return fmt.Sprintf("%02x%02x%02x", levels[n/36], levels[n/6%6], levels[n%6])
	}
	return ""
}

// TestContrast measures every colour against the backgrounds of common themes. Other
// text has the theme's own colour. Styles that a theme may draw in its background
// colour are not used at all: faint text, and bright black.
func TestContrast(t *testing.T) {
	const least = 3.0
	for _, c := range []report.Colour{report.TrueColor, report.ANSI256} {
		seen := 0
		for _, look := range looks(t, c) {
			rgb := rgbOf(look)
			if rgb == "" {
				continue
			}
			seen++
			for theme, background := range backgrounds {
				if got := contrast(t, rgb, background); got < least {
					t.Errorf("%s: %s on %s, %s: %.2f to 1", c, look, theme, background, got)
				}
			}
		}
		if seen < 4 {
			t.Errorf("%s: %d colours", c, seen)
		}
	}
	for _, c := range []report.Colour{report.TrueColor, report.ANSI256, report.ANSI} {
		for _, look := range looks(t, c) {
			for _, code := range strings.Split(look, ";") {
				if c == report.ANSI && !slices.Contains([]string{"", "0", "1", "31"}, code) {
					t.Errorf("%s: %q, of which nobody knows how it shows", c, look)
				}
				if code == "90" || look == "2" {
					t.Errorf("%s: %q may not show at all", c, look)
				}
			}
		}
	}
}
