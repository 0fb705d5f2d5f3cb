package resolve

import (
	"bufio"
	"io"
	"os"
	"strings"
)

// SystemServers returns the name servers in /etc/resolv.conf as ip:port, at most three.
// It returns nil if there are none or, as on Windows, no such file. Failed lookups then
// can't be explained as well.
func SystemServers() []string {
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	defer f.Close()
	return readServers(f)
}

// maxResolvConf is how much of resolv.conf is read, in bytes.
const maxResolvConf = 64 << 10

// readServers reads the nameserver lines of resolv.conf(5). Lines without a valid
// address are ignored, as the C library does.
func readServers(r io.Reader) (servers []string) {
	sc := bufio.NewScanner(io.LimitReader(r, maxResolvConf))
	for sc.Scan() && len(servers) < maxServers {
		f := strings.Fields(sc.Text())
		if len(f) < 2 || f[0] != "nameserver" {
			continue
		}
		if s, err := ParseServer(f[1]); err == nil {
			servers = append(servers, s)
		}
	}
	return servers
}
