package laboratory

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// longWire connects the customer to the router by a link that delays each packet by
// travels and loses every losing-th packet of a connection; 0: none. Not every
// kernel has netem, so this uses two tunnel devices and a loop.
func (w *world) longWire(travels time.Duration, losing int) {
	w.t.Helper()
	here, there := w.tunnel(w.client), w.tunnel(w.router)
	w.client.ip("addr add 192.168.2.2/30 dev long", "link set long up", "route del default", "route add default via 192.168.2.1")
	w.router.ip("addr add 192.168.2.1/30 dev long", "link set long up")
	go carry(here, there, travels, losing)
	go carry(there, here, travels, losing)
}

// longWire6 makes such a link only for IPv6, in a world that has both families.
func (w *world) longWire6(travels time.Duration) {
	w.t.Helper()
	here, there := w.tunnel(w.client), w.tunnel(w.router)
	w.client.ip("addr add 2001:db8:3::2/64 dev long nodad", "link set long up", "route del default via 2001:db8:1::1", "route add default via 2001:db8:3::1")
	w.router.ip("addr add 2001:db8:3::1/64 dev long nodad", "link set long up")
	go carry(here, there, travels, 0)
	go carry(there, here, travels, 0)
}

// tunnel makes a device "long" whose packets the test receives.
func (w *world) tunnel(h *host) *os.File {
	w.t.Helper()
	var file *os.File
	h.must(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		request, err := unix.NewIfreq("long")
		if err != nil {
			return err
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
			unix.Close(fd)
			return err
		}
		file = os.NewFile(uintptr(fd), "/dev/net/tun")
		return nil
	})
	w.t.Cleanup(func() { file.Close() })
	return file
}

// flow identifies the connection, or the exchange of datagrams, that an IPv4 packet
// belongs to: protocol, addresses and ports (RFC 791 3.1). All others count as one.
func flow(packet []byte) string {
	if len(packet) < 20 || packet[0]>>4 != 4 {
		return ""
	}
	header := int(packet[0]&15) * 4
	if len(packet) < header+4 {
		return ""
	}
	return string(packet[9:10]) + string(packet[12:20]) + string(packet[header:header+4])
}

// carry forwards packets from one end of a link to the other, in order. It loses
// every losing-th packet of a connection, so that the loss doesn't depend on how
// dialogues interleave, and the single packet of a DNS query is never lost.
func carry(from, to *os.File, travels time.Duration, losing int) {
	type packet struct {
		bytes   []byte
		arrives time.Time
	}
	wire := make(chan packet, 4096)
	defer close(wire)
	go func() {
		for p := range wire {
			time.Sleep(time.Until(p.arrives))
			to.Write(p.bytes)
		}
	}()
	buffer := make([]byte, 64<<10)
	carried := make(map[string]int) // packets by flow
	for {
		size, err := from.Read(buffer)
		if err != nil {
			return
		}
		of := flow(buffer[:size])
		if carried[of]++; losing > 0 && carried[of]%losing == 0 {
			continue
		}
		wire <- packet{append([]byte(nil), buffer[:size]...), time.Now().Add(travels)}
	}
}

// swallows makes the link to the provider drop large packets without telling the
// sender.
func (w *world) swallows() {
	w.t.Helper()
	w.router.ip("link set s0 mtu 1200")
	w.router.sysctl("ipv4.icmp_msgs_per_sec", "0")
	w.router.nft("table ip mute { chain c { type filter hook output priority 0; icmp type destination-unreachable icmp code frag-needed drop; }; }")
	for _, h := range []*host{w.client, w.server} {
		h.ip("link set eth0 gso_max_segs 1")
	}
}
