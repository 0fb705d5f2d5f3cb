package stage

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// lineReader reads the lines of a file within size limits.
type lineReader struct {
	r     *bufio.Reader
	line  int // number of the last line
	most  int // maximum bytes per line
	all   int // maximum bytes in total
	total int // bytes read
}

// next returns the next line that is not empty, valid until the next call, or
// io.EOF.
func (l *lineReader) next() ([]byte, error) {
	for {
		b, err := l.read()
		if b = bytes.TrimSpace(b); len(b) > 0 || err != nil {
			return b, err
		}
	}
}

func (l *lineReader) read() ([]byte, error) {
	l.line++
	var long []byte
	for {
		b, err := l.r.ReadSlice('\n')
		if l.total += len(b); l.total > l.all {
			return nil, fmt.Errorf("the file goes on after %d bytes, which no run has", l.all)
		}
		if len(long)+len(b) > l.most {
			return nil, fmt.Errorf("longer than %d bytes, which no line of a run is", l.most)
		}
		switch {
		case err == bufio.ErrBufferFull:
			long = append(long, b...)
			continue
		case err == io.EOF && len(long)+len(b) > 0:
			err = nil // the last line, without a line ending
		}
		if long != nil {
			b = append(long, b...)
		}
		return b, err
	}
}

// harmless reports whether every string in a line of JSON is certainly safe to show:
// the line is visible ASCII without escapes that stand for other characters.
func harmless(b []byte) bool {
	for i, c := range b {
		if c < ' ' || c > '~' || c == '\\' && i+1 < len(b) && bytes.IndexByte([]byte(`"\/`), b[i+1]) < 0 {
			return false
		}
	}
	return true
}
