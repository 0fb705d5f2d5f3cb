package laboratory

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lags holds, for a process that is a slow link, how long a packet takes one way.
const lags = "MAILDOCTOR_LABORATORY_LAGS"

// A slow link is a process of its own, and an urgent one: in one that is busy with
// other worlds a packet would take longer than it should.
func init() {
	oneWay, err := time.ParseDuration(os.Getenv(lags))
	if err != nil {
		return
	}
	go delay(3, 4, oneWay)
	go delay(4, 3, oneWay)
	os.Stdin.Read(make([]byte, 1)) // ends with the process that tests
	os.Exit(0)
}

// lag puts a slow link between the customer's machine and the router: each packet
// takes that long on its way, in either direction. It stands in the place of the
// quick one, and both ends are TUN devices, because not every kernel can delay.
func (w *world) lag(oneWay time.Duration) {
	w.t.Helper()
	near, far := w.tunnel(w.client), w.tunnel(w.router)
	defer near.Close()
	defer far.Close()
	w.client.ip("addr flush dev eth0", "addr add "+clientIP+"/32 dev slow0", "link set slow0 up", "route add default dev slow0")
	w.router.ip("addr flush dev c0", "link set slow0 up", "route add "+clientIP+"/32 dev slow0")
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	link := exec.Command(self)
	link.Env = append(os.Environ(), lags+"="+oneWay.String())
	link.ExtraFiles = []*os.File{near, far}
	alive, err := link.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := link.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { alive.Close(); link.Wait() })
}

// tunnel makes the device slow0 on a machine, and returns its other side.
func (w *world) tunnel(h *host) *os.File {
	w.t.Helper()
	var file *os.File
	h.must(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		file = os.NewFile(uintptr(fd), "slow0")
		// struct ifreq: the name, then the flags.
		var request [40]byte
		copy(request[:unix.IFNAMSIZ], "slow0")
		*(*uint16)(unsafe.Pointer(&request[unix.IFNAMSIZ])) = unix.IFF_TUN | unix.IFF_NO_PI
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(&request))); errno != 0 {
			return fmt.Errorf("TUNSETIFF: %w", errno)
		}
		return nil
	})
	return file
}

// urgent is the nice value of the threads that hand packets on.
const urgent = -15

// delay hands on what comes from one end to the other, later, for ever.
func delay(from, to int, by time.Duration) {
	runtime.LockOSThread() // a priority is a thread's
	unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), urgent)
	unix.SetNonblock(from, true)
	type packet struct {
		due  time.Time
		data []byte
	}
	var queue []packet
	for buffer := make([]byte, 2048); ; {
		wait := time.Second
		if len(queue) > 0 {
			wait = max(0, time.Until(queue[0].due))
		}
		unix.Poll([]unix.PollFd{{Fd: int32(from), Events: unix.POLLIN}}, int((wait+time.Millisecond-1)/time.Millisecond))
		for {
			n, err := unix.Read(from, buffer)
			if err != nil || n <= 0 {
				break
			}
			queue = append(queue, packet{time.Now().Add(by), append([]byte(nil), buffer[:n]...)})
		}
		for len(queue) > 0 && time.Until(queue[0].due) <= 0 {
			unix.Write(to, queue[0].data) // what doesn't arrive is sent again
			queue = queue[1:]
		}
	}
}
