package probe

import (
	"fmt"
	"net"

	"maildoctor/probe/stage"
)

// proxyHeader returns the PROXY protocol header for a connection (PROXY protocol 2.1),
// either without a client or with this machine's real address.
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
