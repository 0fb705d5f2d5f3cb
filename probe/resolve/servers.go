package resolve

import (
	"bufio"
	"io"
	"os"
	"strings"
)

// SystemServers returns the name servers that this system is configured to use,
// as ip:port, at most three: those of /etc/resolv.conf. It returns nil where
// there are none or, as on Windows, no such file; less is then known of a name
// that can't be resolved.
func SystemServers() []string {
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	defer f.Close()
	return readServers(f)
}

// maxResolvConf bounds what is read of resolv.conf, in bytes.
const maxResolvConf = 64 << 10

// readServers reads the nameserver lines of resolv.conf(5). A line that names
// no address is passed over, as the C library does.
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
