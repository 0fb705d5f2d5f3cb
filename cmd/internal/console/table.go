package console

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/fault"
)

// Table is text in columns. The width of the last one is unlimited.
type Table struct {
	Gap  int // spaces between columns
	Rows [][]string
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.Rows = append(t.Rows, cells) }

// width returns the width of a column.
func (t *Table) width(column int) int {
	most := 0
	for _, r := range t.Rows {
		if column < len(r)-1 {
			most = max(most, ansi.StringWidth(r[column]))
		}
	}
	return most
}

// Before returns the number of screen columns before a column of the table.
func (t *Table) Before(column int) int {
	n := 0
	for i := range column {
		n += t.width(i) + t.Gap
	}
	return n
}

// Write writes the table. The last column is wrapped to fit the screen; 0 means no
// limit.
func (t *Table) Write(w io.Writer, screen int) error {
	for _, r := range t.Rows {
		var line strings.Builder
		last := len(r) - 1
		for i, cell := range r[:last] {
			line.WriteString(cell + strings.Repeat(" ", t.width(i)+t.Gap-ansi.StringWidth(cell)))
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
