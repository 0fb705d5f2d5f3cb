package atlas

import (
	"embed"
	"errors"
	"fmt"
	"io"
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
	by      []int32 // the first entry whose gram has a hash, counted from 1
	next    []int32 // for each entry the next one with the same, or 0
	keys    []gram  // of the entries
}

// gram is four successive bytes.
type gram uint32

func gramAt(s string, i int) gram {
	return gram(s[i]) | gram(s[i+1])<<8 | gram(s[i+2])<<16 | gram(s[i+3])<<24
}

// hash returns a number below hashes.
func (g gram) hash() uint32 { return uint32(g) * 2654435761 >> 16 }

const hashes = 1 << 16

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
	texts := make([]string, len(names))
	room := make([]byte, 32<<10)
	size, lines := 0, 0
	for i, name := range names {
		if texts[i], err = textOf(from, name, room); err != nil {
			return nil, err
		}
		size += len(texts[i])
		lines += strings.Count(texts[i], "\n") + 1
	}
	p := newParser()
	p.text.Grow(size * 3 / 4) // the messages, but hardly ever more of the lines
	entries := make([]Entry, 0, lines)
	out = make([]*Entry, 0, lines)
	for i, name := range names {
		speaker, number := strings.TrimSuffix(path.Base(name), ".tsv"), 0
		for line := range strings.Lines(texts[i]) {
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

// textOf returns the text of a file. It is copied once more, through the room given.
func textOf(from fs.FS, name string, room []byte) (string, error) {
	f, err := from.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(info.Size()))
	}
	_, err = io.CopyBuffer(&b, f, room)
	return b.String(), err
}

// stride is how many bytes lie between the grams of a message that are looked at: all of
// them would take most of the time that it takes to load the atlas.
const stride = 3

func newIndex(entries []*Entry) *index {
	x := &index{entries: entries, by: make([]int32, hashes), next: make([]int32, len(entries)), keys: make([]gram, len(entries))}
	common := make([]int32, hashes) // how often a gram occurs, by its hash
	for _, e := range entries {
		for _, p := range e.parts {
			for i := 0; i+4 <= len(p); i += stride {
				common[gramAt(p, i).hash()]++
			}
		}
	}
	for n, e := range slices.Backward(entries) {
		var key gram
		least := int32(-1)
		for _, p := range e.parts {
			for i := 0; i+4 <= len(p); i += stride {
				if g := gramAt(p, i); least < 0 || common[g.hash()] < least {
					key, least = g, common[g.hash()]
				}
			}
		}
		h := key.hash()
		x.keys[n], x.next[n], x.by[h] = key, x.by[h], int32(n+1)
	}
	return x
}

// candidates returns the entries that a text may match, each once.
func (x *index) candidates(text string) (out []*Entry) {
	var seen map[gram]bool
	for i := range max(len(text)-3, 0) {
		g := gramAt(text, i)
		n := x.by[g.hash()]
		if n == 0 || seen[g] {
			continue
		}
		if seen == nil {
			seen = make(map[gram]bool)
		}
		seen[g] = true
		for ; n > 0; n = x.next[n-1] {
			if x.keys[n-1] == g {
				out = append(out, x.entries[n-1])
			}
		}
	}
	return out
}
