package cli

import (
	"strings"
	"testing"
)

func TestColumns(t *testing.T) {
	rows := [][]string{{"a", "群馬", "x"}, {"bcd", "ＢＢにい", "y"}, {"e", "Ünï", "z"}, {"f", "", ""}}
	var b strings.Builder
	if err := columns(&b, false, rows); err != nil {
		t.Fatal(err)
	}
	const want = "a    群馬      x\nbcd  ＢＢにい  y\ne    Ünï       z\nf              \n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
