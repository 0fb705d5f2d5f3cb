package probetest

import (
	"fmt"
	"slices"
	"strings"
)

// selected handles a command in the authenticated and selected states.
func (s *imapSession) selected(word string, args []string) {
	switch word {
	case "CAPABILITY":
		s.capability()
	case "NOOP", "CLOSE", "UNSELECT", "CHECK":
		s.ok()
	case "ID":
		s.id()
	case "ENABLE":
		s.ok("* ENABLED")
	case "NAMESPACE":
		s.ok(`* NAMESPACE (("" "/")) NIL NIL`)
	case "LIST", "LSUB":
		s.folders(word, args)
	case "STATUS":
		s.status(args)
	case "EXAMINE", "SELECT":
		s.examine(word, args)
	case "GETQUOTAROOT", "GETQUOTA":
		s.quota(word)
	default:
		s.bad("Unknown command, or not in this state")
	}
}

// folders handles LIST (RFC 9051 6.3.9) and LSUB. Any pattern other than * and % is
// treated as a name.
func (s *imapSession) folders(word string, args []string) {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "(" || a == ")" })
	// Whatever a selection or return option requests is always listed.
	if len(args) > 0 && strings.EqualFold(args[0], "SPECIAL-USE") {
		args = args[1:]
	}
	if len(args) < 2 {
		s.bad("LIST wants a reference and a pattern")
		return
	}
	if s.has(HugeLiteral) {
		s.flood("* LIST () \"/\" {2147483647}\r\n", "x")
	}
	if s.has(EndlessMailbox) {
		s.flood("", "* "+word+" () \"/\" more\r\n")
	}
	pattern := args[1]
	if pattern == "" {
		s.ok(fmt.Sprintf(`* %s (\Noselect) "/" ""`, word))
		return
	}
	var lines []string
	for _, f := range append([]Folder{{"INBOX", ""}}, s.Folders...) {
		if pattern == "*" || pattern == "%" || strings.EqualFold(pattern, f.Name) {
			attributes := strings.TrimSpace(`\HasNoChildren ` + f.Use)
			lines = append(lines, fmt.Sprintf(`* %s (%s) "/" %s`, word, attributes, quote(f.Name)))
		}
	}
	if s.has(UnknownResponses) {
		lines = append(lines, `* XNEWS 7 (a "b" {3}`, "c d)")
	}
	s.ok(lines...)
}

// exists returns the sizes of the messages in a mailbox, and whether it exists.
func (s *imapSession) exists(name string) ([]int, bool) {
	if strings.EqualFold(name, "INBOX") {
		return s.Messages, true
	}
	found := slices.ContainsFunc(s.Folders, func(f Folder) bool { return f.Name == name })
	return nil, found
}

func total(sizes []int) (sum int) {
	for _, n := range sizes {
		sum += n
	}
	return sum
}

// status handles STATUS (RFC 9051 6.3.11).
func (s *imapSession) status(args []string) {
	if len(args) < 4 {
		s.bad("STATUS wants a mailbox and a list")
		return
	}
	messages, ok := s.exists(args[0])
	if !ok {
		s.say(s.tag + "NO [NONEXISTENT] No such mailbox")
		return
	}
	known := map[string]int{
		"MESSAGES": len(messages), "RECENT": 0, "UNSEEN": 0, "UIDVALIDITY": 1700000000,
		"UIDNEXT": len(messages) + 1, "SIZE": total(messages), "DELETED": 0,
	}
	var out []string
	for _, item := range args[2 : len(args)-1] {
		if v, ok := known[strings.ToUpper(item)]; ok {
			out = append(out, fmt.Sprintf("%s %d", strings.ToUpper(item), v))
		}
	}
	s.ok(fmt.Sprintf("* STATUS %s (%s)", quote(args[0]), strings.Join(out, " ")))
}

// examine handles EXAMINE (RFC 9051 6.3.3) and SELECT.
func (s *imapSession) examine(word string, args []string) {
	if len(args) == 0 {
		s.bad(word + " wants a mailbox")
		return
	}
	messages, ok := s.exists(args[0])
	switch {
	case !ok:
		s.say(s.tag + "NO [NONEXISTENT] No such mailbox")
		return
	case s.has(MailboxRefused):
		s.say(s.tag + "NO [NOPERM] Permission denied")
		return
	case s.has(MailboxBroken):
		s.say(s.tag + "NO [SERVERBUG] Internal error occurred. Refer to server log for more information.")
		return
	case s.has(IDRequired) && !s.knows:
		s.say(s.tag + "NO " + word + " Unsafe Login. Send ID first")
		return
	case s.has(EndlessMailbox):
		s.flood("", "* 3 EXISTS\r\n")
	}
	access := "[READ-WRITE]"
	if word == "EXAMINE" {
		access = "[READ-ONLY]"
	}
	lines := []string{
		`* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)`,
		"* OK [PERMANENTFLAGS ()] No permanent flags permitted",
		fmt.Sprintf("* %d EXISTS", len(messages)),
		"* 0 RECENT",
		"* OK [UIDVALIDITY 1700000000] UIDs valid",
		fmt.Sprintf("* OK [UIDNEXT %d] Predicted next UID", len(messages)+1),
	}
	if s.has(AccountFull) {
		lines = append(lines, "* NO [OVERQUOTA] Quota exceeded (mailbox for user is full)")
	}
	s.say(append(lines, s.tag+"OK "+access+" Completed")...)
}

// quota handles GETQUOTAROOT and GETQUOTA (RFC 9208 4.1).
func (s *imapSession) quota(word string) {
	if s.Quota == nil {
		s.bad("Unknown command")
		return
	}
	line := fmt.Sprintf(`* QUOTA "User quota" (STORAGE %d %d)`, s.Quota.Used, s.Quota.Limit)
	if word == "GETQUOTAROOT" {
		s.ok(`* QUOTAROOT "INBOX" "User quota"`, line)
		return
	}
	s.ok(line)
}
