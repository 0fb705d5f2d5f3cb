package imap

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const (
	maxWords    = 256             // bytes kept of one text from the server
	logoutGrace = 2 * time.Second // how long to wait for the reply to LOGOUT after all other replies
)

// prelude is a greeting for the library in place of the server's. It doesn't contain
// the server's capabilities, because they would make the library send commands that we
// don't want.
const prelude = "* PREAUTH [CAPABILITY IMAP4rev1] \r\n"

// Mailbox opens INBOX read-only (EXAMINE, RFC 9051 6.3.3) and queries what else the
// server offers about itself and the account. All commands including LOGOUT are sent at
// once. The connection is closed afterwards.
//
// Faults other than those of the connection are Rejected and TemporarilyOut if EXAMINE
// is refused, Bye, and Unparsed if the library can't parse a reply. Unparsed doesn't
// mean that the mail service is at fault.
func (s *Session) Mailbox(ctx context.Context) (*stage.MailboxFacts, error) {
	defer s.c.Begin(ctx, stage.Mailbox)()
	facts := &stage.MailboxFacts{}
	if s.after == nil {
		caps, reply, err := s.ask()
		if err != nil && reply.Status == "" {
			return facts, err
		}
		s.after = caps // CAPABILITY was refused: assume no extensions; every server has EXAMINE
	}
	s.c.Over = true
	f := newFlight(s.c.Library(prelude))
	client := imapclient.New(f, nil)
	q := ask(client, s.after)
	err := f.depart()
	if err != nil {
		client.Close()
	}
	q.wait(client)
	client.Close() // returns when the library has stopped
	q.tell(s.c.Conn, facts)
	if err != nil {
		return facts, unsent(err)
	}
	return facts, q.judge(s.c.Conn, &f.f, facts)
}

// unsent returns the fault for commands that could not be sent.
func unsent(err error) error {
	e := wire.Fault(err, false)
	if e.Fault == stage.Silent {
		e.Fault = stage.WriteFailed
	}
	return e
}

// questions are the commands that were sent; nil for those that weren't.
type questions struct {
	id        *imapclient.IDCommand
	examine   *imapclient.SelectCommand
	quota     *imapclient.GetQuotaRootCommand
	namespace *imapclient.NamespaceCommand
	list      *imapclient.ListCommand
	logout    *imapclient.Command

	special map[string]string // from the LIST reply
	sent    []question        // in order, without LOGOUT
}

// question is one command and its outcome.
type question struct {
	name string
	wait func() error
	err  error
}

// ask sends the commands. ID comes first, because some servers open no mailbox before
// they know the program. EXAMINE is next, so that a later reply that the library can't
// parse does no harm. None of them changes any mail.
func ask(c *imapclient.Client, caps capabilities) *questions {
	q := &questions{sent: make([]question, 0, 5)}
	if caps.has("ID") {
		q.id = c.ID(&goimap.IDData{Name: "maildoctor"})
		q.add("ID", func() error { _, err := q.id.Wait(); return err })
	}
	q.examine = c.Select("INBOX", &goimap.SelectOptions{ReadOnly: true})
	q.add("EXAMINE", func() error { _, err := q.examine.Wait(); return err })
	if caps.has("QUOTA") {
		q.quota = c.GetQuotaRoot("INBOX")
		q.add("GETQUOTAROOT", func() error { _, err := q.quota.Wait(); return err })
	}
	if caps.has("NAMESPACE") || caps.rev2() {
		q.namespace = c.Namespace()
		q.add("NAMESPACE", func() error { _, err := q.namespace.Wait(); return err })
	}
	if caps.has("SPECIAL-USE") {
		q.list = listSpecial(c, caps)
		q.add("LIST", q.list.Close)
	}
	q.logout = c.Logout()
	return q
}

func (q *questions) add(name string, wait func() error) {
	q.sent = append(q.sent, question{name: name, wait: wait})
}

// listSpecial lists the folders with a special use (RFC 6154 5). Without LIST-EXTENDED
// the list can't be restricted to those; it is then limited to the top level, because
// there may be very many folders.
func listSpecial(c *imapclient.Client, caps capabilities) *imapclient.ListCommand {
	if caps.has("LIST-EXTENDED") || caps.rev2() {
		return c.List("", "*", &goimap.ListOptions{SelectSpecialUse: true, ReturnSpecialUse: true})
	}
	return c.List("", "%", nil)
}

// wait waits for all replies. It reads the folders first, because the library stops
// reading while nobody receives them. The end of the stage ends the connection and with
// it every wait; for the reply to LOGOUT alone there is less time.
func (q *questions) wait(client *imapclient.Client) {
	if q.list != nil {
		q.special = specialUse(q.list)
	}
	for i := range q.sent {
		q.sent[i].err = q.sent[i].wait()
	}
	defer time.AfterFunc(logoutGrace, func() { client.Close() }).Stop()
	_ = q.logout.Wait()
}

// uses are the special uses that are reported (RFC 6154 2, RFC 8457).
var uses = []goimap.MailboxAttr{
	goimap.MailboxAttrAll, goimap.MailboxAttrArchive, goimap.MailboxAttrDrafts, goimap.MailboxAttrFlagged,
	goimap.MailboxAttrImportant, goimap.MailboxAttrJunk, goimap.MailboxAttrSent, goimap.MailboxAttrTrash,
}

// specialUse receives the folders of a list and returns the first for each use.
func specialUse(list *imapclient.ListCommand) map[string]string {
	found := make(map[string]string)
	for box := list.Next(); box != nil; box = list.Next() {
		for _, attr := range box.Attrs {
			for _, use := range uses {
				if _, known := found[string(use)]; !known && strings.EqualFold(string(attr), string(use)) {
					found[string(use)] = box.Mailbox
				}
			}
		}
	}
	return found
}

// judge returns the error for the outcome of the commands.
func (q *questions) judge(c *wire.Conn, f *filter, facts *stage.MailboxFacts) error {
	var lost []string
	for _, a := range q.sent {
		refused, isRefusal := errors.AsType[*goimap.Error](a.err)
		switch {
		case a.err == nil:
		case isRefusal && a.name == "EXAMINE":
			reply := refusal(c, refused)
			facts.Reply = &reply
			return stage.Refusal(reply)
		case !isRefusal:
			lost = append(lost, a.name)
		}
	}
	leave := func() error {
		r := parse(c.Safe(f.bye))
		reply := stage.Reply{Command: "EXAMINE", Status: "BYE", ResponseCode: r.code, Lines: []string{c.Safe(f.bye)}}
		facts.Reply = &reply
		return goodbye(reply)
	}
	switch {
	case len(lost) == 0:
		return nil
	case facts.Messages == nil && f.bye != "" && f.tagged <= slices.IndexFunc(q.sent, func(a question) bool { return a.name == "EXAMINE" }):
		return leave() // BYE instead of a reply, whatever follows
	case f.err == nil:
		facts.Unparsed = lost
		return stage.Errorf(stage.Unparsed, "go-imap could not read the answer to %s", lost[0])
	case f.bye != "" && (f.err == io.EOF || wire.Fault(f.err, false).Fault == stage.Reset):
		if facts.Messages != nil {
			return nil // INBOX was opened; a server may close as soon as it has read LOGOUT
		}
		return leave()
	}
	return wire.Fault(f.err, f.inside())
}

// refusal returns the Reply for an error of the library.
func refusal(c *wire.Conn, e *goimap.Error) stage.Reply {
	line := "* " + string(e.Type) + " "
	if e.Code != "" {
		line += "[" + string(e.Code) + "] "
	}
	shown := c.Safe(line + e.Text)
	return stage.Reply{
		Command: "EXAMINE", Status: string(e.Type), ResponseCode: parse(shown).code,
		Lines: []string{cutWords(strings.TrimPrefix(shown, "* "))},
	}
}

// tell adds the results to the facts.
func (q *questions) tell(c *wire.Conn, facts *stage.MailboxFacts) {
	keep := func(text string) string { return cutWords(c.Safe(text)) }
	for _, a := range q.sent {
		if a.err != nil {
			continue
		}
		switch a.name {
		case "ID":
			data, _ := q.id.Wait()
			facts.ServerID = serverID(data, keep)
		case "EXAMINE":
			data, _ := q.examine.Wait()
			facts.Messages, facts.ReadOnly = new(int64(data.NumMessages)), true
		case "GETQUOTAROOT":
			data, _ := q.quota.Wait()
			facts.QuotaUsed, facts.QuotaLimit = storage(data)
		case "NAMESPACE":
			if data, _ := q.namespace.Wait(); len(data.Personal) > 0 {
				facts.Namespace = keep(data.Personal[0].Prefix)
			}
		case "LIST":
			for use, name := range q.special {
				if facts.SpecialUse == nil {
					facts.SpecialUse = make(map[string]string)
				}
				facts.SpecialUse[use] = keep(name)
			}
		}
	}
}

// serverID returns the fields of ID (RFC 2971 3.3) that identify the server.
func serverID(d *goimap.IDData, keep func(string) string) map[string]string {
	var id map[string]string
	for _, field := range [...]struct{ key, value string }{
		{"name", d.Name},
		{"version", d.Version},
		{"os", d.OS},
		{"os-version", d.OSVersion},
		{"vendor", d.Vendor},
		{"support-url", d.SupportURL},
		{"date", d.Date},
	} {
		if field.value == "" {
			continue
		}
		if id == nil {
			id = make(map[string]string)
		}
		id[field.key] = keep(field.value)
	}
	return id
}

// storage returns the usage and limit in bytes of the quota root that is fullest,
// because that one blocks mail first. STORAGE is in units of 1024 octets (RFC 9208
// 5.1).
func storage(roots []imapclient.QuotaData) (used, limit *int64) {
	const most = math.MaxInt64 / 1024
	fullest := -1.0
	for _, root := range roots {
		for name, r := range root.Resources {
			if !strings.EqualFold(string(name), string(goimap.QuotaResourceStorage)) || r.Usage > most || r.Limit > most {
				continue
			}
			if full := float64(r.Usage) / float64(max(r.Limit, 1)); full > fullest {
				fullest, used, limit = full, new(r.Usage*1024), new(r.Limit*1024)
			}
		}
	}
	return used, limit
}

// cutWords truncates safe text to the length that is kept.
func cutWords(text string) string {
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords], "")
}
