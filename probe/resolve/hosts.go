package resolve

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxHosts is how much of the hosts file is read, in bytes. The longest ad-blocking
// lists have about half of that.
const maxHosts = 8 << 20

// systemHostsFile returns the path of the system's hosts file.
func systemHostsFile() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
	}
	return "/etc/hosts"
}

// readHosts returns the names in a hosts file, in canonical form. It returns none if
// the file can't be read.
func readHosts(path string) map[string]bool {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	return hostNames(io.LimitReader(f, maxHosts))
}

// hostNames parses the format of hosts(5): an address and its names per line, and
// comments after "#". Lines without an address are ignored.
func hostNames(r io.Reader) map[string]bool {
	names := make(map[string]bool)
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		line, _, _ := strings.Cut(sc.Text(), "#")
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		if _, err := netip.ParseAddr(f[0]); err != nil {
			continue
		}
		for _, name := range f[1:] {
			names[canonical(name)] = true
		}
	}
	return names
}
