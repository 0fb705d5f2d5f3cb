package probe_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// benchServerVariable makes the test binary an IMAP server with implicit TLS, so that
// its work is not counted with the client's. Its value is the command that is never
// answered, "greeting" for no greeting, or "none" to answer everything.
const benchServerVariable = "PROBE_BENCHMARK_SERVER"

// benchHost is the name in the server's certificate.
const benchHost = "imap.example.test"

// serveBenchmark is that server. It ends when its standard input does.
func serveBenchmark(hold string) {
	root, err := probetest.NewCA("Benchmark Root")
	if err != nil {
		panic(err)
	}
	middle, err := root.Intermediate("Benchmark Server CA")
	if err != nil {
		panic(err)
	}
	cert, err := middle.Issue(probetest.Leaf{Names: []string{benchHost, "*.example.test"}, Key: probetest.P256})
	if err != nil {
		panic(err)
	}
	config := probetest.TLS(cert)
	config.SessionTicketsDisabled = true
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		panic(err)
	}
	fmt.Println("address", listener.Addr())
	os.Stdout.Write(root.PEM())
	fmt.Println("ready")
	go func() {
		io.Copy(io.Discard, os.Stdin)
		listener.Close()
	}()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go speak(conn, hold)
	}
}

// benchReplies are Dovecot's replies to the commands of a healthy check. T stands for
// the tag.
var benchReplies = map[string]string{
	"AUTHENTICATE": "T OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE QUOTA] Logged in\r\n",
	"ID":           "* ID (\"name\" \"Dovecot\")\r\nT OK ID completed (0.001 + 0.000 secs).\r\n",
	"EXAMINE": "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n* 3 EXISTS\r\n* 0 RECENT\r\n" +
		"* OK [UIDVALIDITY 1795386555] UIDs valid\r\n* OK [UIDNEXT 4] Predicted next UID\r\nT OK [READ-ONLY] Examine completed (0.001 + 0.000 secs).\r\n",
	"GETQUOTAROOT": "* QUOTAROOT INBOX \"User quota\"\r\n* QUOTA \"User quota\" (STORAGE 10 716800)\r\nT OK Getquotaroot completed (0.001 + 0.000 secs).\r\n",
	"NAMESPACE":    "* NAMESPACE ((\"\" \".\")) NIL NIL\r\nT OK Namespace completed (0.001 + 0.000 secs).\r\n",
	"LIST":         "* LIST (\\Sent) \".\" Sent\r\n* LIST (\\Trash) \".\" Trash\r\nT OK List completed (0.001 + 0.000 secs).\r\n",
	"LOGOUT":       "* BYE Logging out\r\nT OK Logout completed (0.001 + 0.000 secs).\r\n",
}

// speak serves one session.
func speak(conn net.Conn, hold string) {
	defer conn.Close()
	if hold == "greeting" {
		io.Copy(io.Discard, conn)
		return
	}
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	w.WriteString("* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN] Dovecot ready.\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(line)
		if len(words) < 2 {
			return
		}
		if words[1] == hold {
			w.Flush()
			io.Copy(io.Discard, conn)
			return
		}
		w.WriteString(strings.ReplaceAll(benchReplies[words[1]], "T OK", words[0]+" OK"))
		if words[1] == "LOGOUT" {
			w.Flush()
			return
		}
	}
}

// benchServer is such a server in a separate process.
type benchServer struct {
	address string // 127.0.0.1 and a port
	pool    *x509.CertPool
	roots   *tlsinspect.Roots // both of the system and public
}

func startBenchServer(b *testing.B, hold string) *benchServer {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServerVariable+"="+hold)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		cmd.Wait()
	})
	s := &benchServer{pool: x509.NewCertPool()}
	var text strings.Builder
	for sc := bufio.NewScanner(out); sc.Scan() && sc.Text() != "ready"; {
		if a, ok := strings.CutPrefix(sc.Text(), "address "); ok {
			s.address = a
			continue
		}
		fmt.Fprintln(&text, sc.Text())
	}
	block, _ := pem.Decode([]byte(text.String()))
	if s.address == "" || block == nil || !s.pool.AppendCertsFromPEM([]byte(text.String())) {
		b.Fatal("the server did not start")
	}
	if s.roots, err = tlsinspect.NewRoots(s.pool, s.pool, nil); err != nil {
		b.Fatal(err)
	}
	return s
}

// options returns options for a run with login and without name servers: every name
// resolves to loopback.
func (s *benchServer) options() probe.Options {
	return probe.Options{
		Roots: s.roots, Credentials: withPassword(password),
		Resolver: resolve.New(resolve.Options{System: loopback, Servers: []string{}}),
	}
}

// endpoint returns the server's endpoint under a name in its certificate.
func (s *benchServer) endpoint(b *testing.B, host string) stage.Endpoint {
	b.Helper()
	a, err := net.ResolveTCPAddr("tcp", s.address)
	if err != nil {
		b.Fatal(err)
	}
	return stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: uint16(a.Port), Security: stage.TLS}
}

// loopback is a system resolver that resolves every name to this machine.
func loopback(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}
