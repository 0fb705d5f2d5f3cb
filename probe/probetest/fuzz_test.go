package probetest_test

import (
	"io"
	"testing"

	"maildoctor/probe/probetest"
)

// Whatever a client sends, a server neither panics nor hangs.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"a LOGIN x {3}\r\nabc\r\nb EXAMINE \"IN\\\"BOX\"\r\nc LIST (SPECIAL-USE) \"\" *\r\nd STATUS INBOX (MESSAGES)\r\n",
		"a LOGIN j k\r\nb STATUS INBOX ()\r\nc LIST\r\nd ID (\"a\" NIL)\r\ne GETQUOTA \"\"\r\n",
		"USER j\r\nPASS k\r\nSTAT\r\nUIDL -1\r\nLIST 99999999999999999999\r\nAPOP x y\r\nAUTH CRAM-MD5\r\n\r\n",
		"EHLO x\r\nAUTH PLAIN AGoAaw==\r\nMAIL FROM:<> SIZE=-1\r\nRCPT TO:<x>\r\nDATA\r\n.\r\nQUIT\r\n",
		"AUTH OAUTHBEARER bixhPXgsAQE=\r\nAUTH SCRAM-SHA-1 biwsbj14LHI9MQ==\r\n\x00\xff\r\n",
	} {
		for _, p := range []string{"imap", "pop3", "smtp"} {
			f.Add(p, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, protocol string, said []byte) {
		s, err := probetest.New(probetest.Config{
			Protocol: probetest.Protocol(protocol), Users: map[string]string{"j": "k"}, APOP: true,
			Library: probetest.LibraryNever, Mechanisms: mechanisms, ID: map[string]string{},
		})
		if err != nil {
			return // no such protocol
		}
		defer s.Close()
		client, server := probetest.Pipe(0)
		go func() {
			client.Write(said)
			probetest.Reset(client)
		}()
		s.ServeConn(server)
		if _, err := server.Write([]byte("x")); err == nil {
			t.Error("the connection is open")
		}
		io.Copy(io.Discard, client)
	})
}
