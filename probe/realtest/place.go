//go:build unix

package realtest

import (
	"net"
	"os/exec"
	"testing"
)

// Place is where a server runs other than on loopback: another network namespace, in
// which it uses the standard ports.
type Place struct {
	Addresses []string // where the server listens
	// Command returns a command that runs there.
	Command func(name string, args ...string) *exec.Cmd
	// Dial connects from there.
	Dial func(network, address string) (net.Conn, error)
}

// ports returns the standard ports, or as many free ports on loopback.
func (p *Place) ports(t *testing.T, standard ...int) []int {
	t.Helper()
	if p != nil {
		return standard
	}
	return freePorts(t, len(standard))
}

func (p *Place) addresses() []string {
	if p == nil {
		return []string{"127.0.0.1"}
	}
	return p.Addresses
}

// local returns a Place for the loopback interface of the same namespace.
func (p *Place) local() *Place {
	if p == nil {
		return nil
	}
	return &Place{[]string{"127.0.0.1"}, p.Command, p.Dial}
}

func (p *Place) command(name string, args ...string) *exec.Cmd {
	if p == nil {
		return exec.Command(name, args...)
	}
	return p.Command(name, args...)
}

func (p *Place) dial(address string) (net.Conn, error) {
	if p == nil {
		return net.Dial("tcp", address)
	}
	return p.Dial("tcp", address)
}
