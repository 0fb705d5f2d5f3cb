package imap_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"testing"
	"time"

	"maildoctor/probe/imap"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// canned is a connection on which the server has already sent everything, so that only
// the client is measured.
type canned struct{ said bytes.Reader }

func (c *canned) Read(p []byte) (int, error)      { return c.said.Read(p) }
func (*canned) Write(p []byte) (int, error)       { return len(p), nil }
func (*canned) Close() error                      { return nil }
func (*canned) LocalAddr() net.Addr               { return &net.TCPAddr{} }
func (*canned) RemoteAddr() net.Addr              { return &net.TCPAddr{} }
func (*canned) SetDeadline(time.Time) error       { return nil }
func (*canned) SetReadDeadline(t time.Time) error { return os.ErrNoDeadline }
func (*canned) SetWriteDeadline(time.Time) error  { return nil }

// dovecot is what Dovecot sends in a healthy session with all stages.
const dovecot = `* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN] Dovecot ready.
a1 OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE QUOTA] Logged in
* ID ("name" "Dovecot")
T1 OK ID completed (0.001 + 0.000 secs).
* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
* OK [PERMANENTFLAGS ()] Read-only mailbox.
* 0 EXISTS
* 0 RECENT
* OK [UIDVALIDITY 1795386555] UIDs valid
* OK [UIDNEXT 1] Predicted next UID
T2 OK [READ-ONLY] Examine completed (0.001 + 0.000 secs).
* QUOTAROOT INBOX "User quota"
* QUOTA "User quota" (STORAGE 0 716800)
T3 OK Getquotaroot completed (0.001 + 0.000 secs).
* NAMESPACE (("" ".")) NIL NIL
T4 OK Namespace completed (0.001 + 0.000 secs).
* LIST (\Sent) "." Sent
* LIST (\Trash) "." Trash
T5 OK List completed (0.001 + 0.000 secs).
* BYE Logging out
T6 OK Logout completed (0.001 + 0.000 secs).
`

// BenchmarkSession measures the whole dialogue after the handshake, without a network.
func BenchmarkSession(b *testing.B) {
	b.ReportAllocs()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		nc := &canned{}
		nc.said.Reset([]byte(dovecot))
		s := imap.New(wire.New(nc, wire.Limits{}, func(stage.Line) {}))
		if _, err := s.Greeting(ctx); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Capabilities(ctx); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Login(ctx, request("jane", password)); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Mailbox(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
