package probe

import (
	"fmt"
	"net"

	"maildoctor/probe/stage"
)

// proxyHeader is how a proxy begins a connection (PROXY protocol 2.1): with no client to be
// seen, or with this machine as the one that it is.
func proxyHeader(conn net.Conn, kind string) string {
	from, ok := conn.LocalAddr().(*net.TCPAddr)
	to, known := conn.RemoteAddr().(*net.TCPAddr)
	if kind != stage.ProxyNamed || !ok || !known {
		return "PROXY UNKNOWN\r\n"
	}
	family := "TCP6"
	if from.IP.To4() != nil {
		family = "TCP4"
	}
	return fmt.Sprintf("PROXY %s %s %s %d %d\r\n", family, from.IP, to.IP, from.Port, to.Port)
}
