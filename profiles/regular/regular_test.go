package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		most int
		want string
		err  error
	}{
		{file, 6, "12345", nil},
		{file, 5, "12345", nil},
		{file, 4, "1234", ErrTooLarge},
		{filepath.Dir(file), 5, "", ErrNotRegular},
		{os.DevNull, 5, "", ErrNotRegular},
		{file + "x", 5, "", fs.ErrNotExist},
	} {
		got, err := Read(c.name, c.most)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s up to %d: %q, %v; want %q, %v", c.name, c.most, got, err, c.want, c.err)
		}
	}
}
