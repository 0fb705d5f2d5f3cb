package laboratory

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

// exchange is the reply of a server of [world.talk] to a command.
type exchange struct {
	command string // the beginning of the client's line, without IMAP's tag, in capitals
	reply   func(line string) string
}

// says returns an exchange whose reply is always the same lines, in which TAG is
// IMAP's tag. A last line "CLOSE" closes the connection.
func says(command, reply string) exchange {
	return exchange{command, func(string) string { return reply }}
}

// answered is the command for what a client sends after a continuation reply ("+ "
// or "334 ").
const answered = "(more)"

// talk runs a server with implicit TLS that greets and answers each line by the
// first exchange that matches, or as an unknown command. A greeting that begins with
// "* " makes it an IMAP server, whose clients send tags.
func (w *world) talk(address string, config *tls.Config, greeting string, exchanges ...exchange) {
	w.t.Helper()
	w.handle(w.server, address, func(raw net.Conn) {
		c := tls.Server(raw, config)
		raw.SetDeadline(time.Now().Add(longest))
		t := &talker{in: bufio.NewReader(c), out: c, imap: strings.HasPrefix(greeting, "* "), exchanges: exchanges}
		if !t.say(greeting) {
			return
		}
		for t.turn() {
		}
		c.Close()
	})
}

type talker struct {
	in        *bufio.Reader
	out       io.Writer
	imap      bool
	exchanges []exchange
	tag       string
	asked     bool // the last reply was a continuation
}

// say sends lines, and reports whether the connection continues.
func (t *talker) say(lines string) bool {
	text, over := strings.CutSuffix(lines, "CLOSE")
	text = strings.TrimSuffix(text, "\n")
	if text != "" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "TAG", t.tag), "\n", "\r\n") + "\r\n"
		if _, err := io.WriteString(t.out, text); err != nil {
			return false
		}
	}
	t.asked = strings.HasPrefix(text, "+ ") || strings.HasPrefix(text, "334 ")
	return !over
}

// turn reads a line and answers it.
func (t *talker) turn() bool {
	line, err := t.in.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	command := line
	switch {
	case t.asked:
		command = answered
	case t.imap:
		t.tag, command, _ = strings.Cut(line, " ")
	}
	for _, x := range t.exchanges {
		if strings.HasPrefix(strings.ToUpper(command), x.command) || command == x.command {
			return t.say(x.reply(line))
		}
	}
	if t.imap {
		return t.say("TAG BAD Unknown command")
	}
	return t.say("502 5.5.2 Unknown command")
}
