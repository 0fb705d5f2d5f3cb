package atlas

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed entries/*.tsv
var files embed.FS

// index finds the entries that a text may match. Each entry is found by four
// successive bytes of its message, those that the fewest other messages contain: a text
// is looked through once, however many entries there are.
type index struct {
	entries []*Entry
	by      map[gram]int32  // the first entry with a gram, counted from 1
	next    []int32         // for each entry the next one with the same, or 0
	some    [1 << 10]uint64 // a bit for each gram of by, by its hash
}

// gram is four successive bytes.
type gram uint32

func gramAt(s string, i int) gram {
	return gram(s[i]) | gram(s[i+1])<<8 | gram(s[i+2])<<16 | gram(s[i+3])<<24
}

// hash returns a number below 1<<16.
func (g gram) hash() uint32 { return uint32(g) * 2654435761 >> 16 }

// loaded returns the index of all files. It is made when a text is first looked up.
var loaded = sync.OnceValue(func() *index {
	entries, err := read(files)
	if err != nil {
		panic(err) // impossible: a test reads them
	}
	return newIndex(entries)
})

// All returns every entry.
func All() []*Entry { return loaded().entries }

// read reads the files in a directory named entries. The error names file and line.
func read(from fs.FS) ([]*Entry, error) {
	names, err := fs.Glob(from, "entries/*.tsv")
	if err != nil {
		return nil, err
	}
	// The files are shared out: their number is what makes the first look into the
	// atlas slow.
	shares := make([][]*Entry, readers)
	errs := make([]error, readers)
	var all sync.WaitGroup
	for i := range readers {
		all.Go(func() {
			shares[i], errs[i] = readFiles(from, names[i*len(names)/readers:(i+1)*len(names)/readers])
		})
	}
	all.Wait()
	return slices.Concat(shares...), errors.Join(errs...)
}

// readers is how many read files at a time.
const readers = 4

// readFiles reads files. The error names file and line.
func readFiles(from fs.FS, names []string) (out []*Entry, err error) {
	p := newParser()
	for _, name := range names {
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		text := string(b)
		p.text.Grow(len(text))
		speaker, number := strings.TrimSuffix(path.Base(name), ".tsv"), 0
		entries := make([]Entry, 0, strings.Count(text, "\n")+1)
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			entries = entries[:len(entries)+1]
			e := &entries[len(entries)-1]
			if err := p.parse(e, speaker, number, line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, number, err)
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func newIndex(entries []*Entry) *index {
	x := &index{entries: entries, by: make(map[gram]int32, len(entries)), next: make([]int32, len(entries))}
	common := make([]int32, 1<<16) // how often a gram occurs, by its hash
	for _, e := range entries {
		for _, p := range e.parts {
			for i := range max(len(p)-3, 0) {
				common[gramAt(p, i).hash()]++
			}
		}
	}
	for n, e := range slices.Backward(entries) {
		var key gram
		least := int32(-1)
		for _, p := range e.parts {
			for i := range max(len(p)-3, 0) {
				if g := gramAt(p, i); least < 0 || common[g.hash()] < least {
					key, least = g, common[g.hash()]
				}
			}
		}
		x.next[n], x.by[key] = x.by[key], int32(n+1)
		h := key.hash()
		x.some[h>>6] |= 1 << (h & 63)
	}
	return x
}

// candidates returns the entries that a text may match, each once.
func (x *index) candidates(text string) (out []*Entry) {
	seen := make(map[gram]bool)
	for i := range max(len(text)-3, 0) {
		g := gramAt(text, i)
		h := g.hash()
		if x.some[h>>6]&(1<<(h&63)) == 0 || seen[g] {
			continue
		}
		seen[g] = true
		for n := x.by[g]; n > 0; n = x.next[n-1] {
			out = append(out, x.entries[n-1])
		}
	}
	return out
}
