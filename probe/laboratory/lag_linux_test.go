package laboratory

import (
	"fmt"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lag puts a slow link between the customer's machine and the router: each packet
// takes that long on its way, in either direction. It stands in the place of the
// quick one, and both ends are TUN devices, because not every kernel can delay.
func (w *world) lag(oneWay time.Duration) {
	w.t.Helper()
	near, far := w.tunnel(w.client), w.tunnel(w.router)
	w.client.ip("addr flush dev eth0", "addr add "+clientIP+"/32 dev slow0", "link set slow0 up", "route add default dev slow0")
	w.router.ip("addr flush dev c0", "link set slow0 up", "route add "+clientIP+"/32 dev slow0")
	go delay(near, far, oneWay)
	go delay(far, near, oneWay)
}

// tunnel makes the device slow0 on a machine, and returns its other side.
func (w *world) tunnel(h *host) *os.File {
	w.t.Helper()
	var file *os.File
	h.must(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		// struct ifreq: the name, then the flags.
		var request [40]byte
		copy(request[:unix.IFNAMSIZ], "slow0")
		*(*uint16)(unsafe.Pointer(&request[unix.IFNAMSIZ])) = unix.IFF_TUN | unix.IFF_NO_PI
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(&request))); errno != 0 {
			unix.Close(fd)
			return fmt.Errorf("TUNSETIFF: %w", errno)
		}
		file = os.NewFile(uintptr(fd), "slow0")
		return nil
	})
	w.t.Cleanup(func() { file.Close() })
	return file
}

// delay hands on what comes from one end to the other, later. It ends when one of
// them is closed.
func delay(from, to *os.File, by time.Duration) {
	type packet struct {
		due  time.Time
		data []byte
	}
	queue := make(chan packet, 4096)
	go func() {
		for p := range queue {
			time.Sleep(time.Until(p.due))
			to.Write(p.data) // what doesn't arrive is sent again
		}
	}()
	defer close(queue)
	for {
		data := make([]byte, 2048)
		n, err := from.Read(data)
		if err != nil {
			return
		}
		select {
		case queue <- packet{time.Now().Add(by), data[:n]}:
		default: // as a router with a full queue does
		}
	}
}
