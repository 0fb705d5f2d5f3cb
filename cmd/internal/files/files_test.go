package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
)

// A new file never takes the place of one that exists. Either that
// or a name that can't be used is the user's error, and says so.
func TestCreate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "new")
	f, err := Create("save", name, Private)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("mine"); err != nil {
		t.Error(err)
	}
	f.Close()
	for name, want := range map[string]string{
		name:                      "--save: " + name + " exists already; expected the name of a new file",
		filepath.Join(name, "in"): "--save " + filepath.Join(name, "in") + ": ",
	} {
		_, err := Create("save", name, Public)
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != fault.ExitUsage || !strings.HasPrefix(e.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	if b, err := os.ReadFile(name); string(b) != "mine" {
		t.Errorf("it holds %q, %v", b, err)
	}
}
