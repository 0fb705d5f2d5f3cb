package cli

import (
	"fmt"
	"io"
	"strings"

	"maildoctor/cmd/internal/fault"

	"github.com/charmbracelet/x/ansi"
)

// table is text in columns. The width of the last one is unlimited.
type table struct {
	gap  int // spaces between columns
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// width returns the width of a column.
func (t *table) width(column int) int {
	most := 0
	for _, r := range t.rows {
		if column < len(r)-1 {
			most = max(most, ansi.StringWidth(r[column]))
		}
	}
	return most
}

// before returns the number of screen columns before a column of the table.
func (t *table) before(column int) int {
	n := 0
	for i := range column {
		n += t.width(i) + t.gap
	}
	return n
}

// write writes the table. The last column is wrapped to fit the screen; 0 means no
// limit.
func (t *table) write(w io.Writer, screen int) error {
	for _, r := range t.rows {
		var line strings.Builder
		last := len(r) - 1
		for i, cell := range r[:last] {
			line.WriteString(cell + strings.Repeat(" ", t.width(i)+t.gap-ansi.StringWidth(cell)))
		}
		margin := ansi.StringWidth(line.String())
		text := []string{r[last]}
		if screen > 0 {
			own := len(r[last]) - len(strings.TrimLeft(r[last], " ")) // a further indent
			line.WriteString(strings.Repeat(" ", own))
			margin += own
			text = folded(r[last], max(screen-margin, 1))
		}
		line.WriteString(strings.Join(text, "\n"+strings.Repeat(" ", margin)))
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return fault.Own("%w", err)
		}
	}
	return nil
}
