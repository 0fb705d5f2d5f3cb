package reply

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Limits of what [Search] reads of a message, in bytes: of a possible single
// statement, and of a log as a whole.
const (
	MaxMessage = 4 << 10
	MaxLog     = 256 << 10
)

// Search returns the causes that a pasted error message suggests, the likeliest
// first and each once. The message may be a server's reply, alone or within the
// words of a program, or a mail program's own message. The protocol is guessed from
// the message unless p is given. The stage is unknown, so the stages are tried in
// the order in which such a reply is most common. If nothing matches, Search returns
// nil.
//
// Several lines may be one statement, or a log of many. If a single line gives a
// surer result than all of them together, that comes first. At most [MaxLog] bytes
// are read, and at most [MaxMessage] as one statement.
func Search(message string, p stage.Protocol) []Guess {
	message = misleading.Replace(firstBytes(message, MaxLog))
	guesses := search(firstBytes(message, MaxMessage), p)
	if !strings.Contains(message, "\n") {
		return leftOpen(guesses)
	}
	if line := surestLine(message, p); surest(line) > surest(guesses) {
		guesses = MergeGuesses(line, guesses)
	}
	return leftOpen(guesses)
}

// Answering is like [Search], for a line of which it is known to which command a server
// said it, and in which stage.
func Answering(line string, p stage.Protocol, at stage.Stage, command string) []Guess {
	guesses := Search(line, p)
	found, ok := findReply(line, p)
	if !ok || len(guesses) == 0 || len(shown(guesses[:1:1])) == 0 || found.protocol == stage.SMTP && found.reply.Code < 400 {
		return guesses
	}
	found.reply.Command = command
	known := Classify(at, found.protocol, found.reply)
	if surest(known) < surest(guesses) {
		return guesses
	}
	return leftOpen(MergeGuesses(known, doubted(guesses)))
}

// ProtocolOf returns the protocol of the server's reply in a line; empty if there is none.
func ProtocolOf(line string) stage.Protocol {
	found, _ := findReply(line, "")
	return found.protocol
}

// misleading replaces text that looks like something else: a number as typeset in
// web pages, and a time limit, which doesn't mean that the time ran out.
var misleading = strings.NewReplacer("0×", "0x", "timeout=", "limit=", "Timeout=", "limit=")

func firstBytes(s string, n int) string { return s[:min(n, len(s))] }

// surestLine returns the surest result for any single line of a log. Of equal ones a
// server's refusal beats what a program makes of it, and otherwise the last counts,
// because programs report the outcome at the end.
func surestLine(log string, p stage.Protocol) (guesses []Guess) {
	best := 0
	for line := range strings.Lines(log) {
		line = firstBytes(strings.TrimSpace(line), MaxMessage)
		if Listing(line) {
			continue
		}
		g := search(line, p)
		if len(g) == 0 {
			continue
		}
		worth := 2 * surest(g)
		if found, ok := findReply(line, p); ok && (found.protocol != stage.SMTP || found.reply.Code >= 400) {
			worth++
		}
		if worth >= best {
			guesses, best = g, worth
		}
	}
	return guesses
}

// Listing reports whether a line says what a server can do (RFC 5321 4.1.1.1, RFC 9051
// 7.2.2): the names of extensions are no complaints.
func Listing(line string) bool {
	return strings.HasPrefix(line, "250-") || strings.HasPrefix(line, "* CAPABILITY ") || strings.HasPrefix(line, "* OK [CAPABILITY ")
}

// leftOpen adds to a bare refusal what no server can tell: that the password was
// changed on its way to the program, by a shell or a file format in which one of its
// characters is special.
func leftOpen(guesses []Guess) []Guess {
	if len(guesses) == len(refusedLogin) && guesses[0].Cause == cause.WrongPassword && SpeakFor(guesses, cause.WrongUsernameFormat) {
		return append(guesses, Guess{cause.PasswordEncodingOrWhitespace, cause.Possible})
	}
	return guesses
}

func search(message string, p stage.Protocol) []Guess {
	if strings.Contains(message, "status=sent (") {
		return nil // Postfix has delivered it
	}
	return aboutTokens(leading(recognized(message, p), suggested(message, p)), lower(message))
}

// suggested returns the causes that the words and codes of a message suggest.
func suggested(message string, p stage.Protocol) []Guess {
	text := lower(message)
	if odd := spokenBy(text, oddLines); odd != nil {
		return odd
	}
	said := spokenBy(text, slices.Concat(logLines, libraryLines, sayings))
	found, ok := findReply(message, p)
	if !ok {
		if said != nil {
			return said
		}
		return aboutTokens(byWords(message, p), text)
	}
	if inLoop(found, text) || said != nil && tellsOfNetwork(found, text) {
		return said
	}
	if about := delivery(found, text); about != nil {
		return MergeGuesses(about, said)
	}
	guesses := aboutTokens(overStages(found.protocol, found.reply, message), text)
	if surest(said) > surest(guesses) {
		return MergeGuesses(said, guesses)
	}
	return MergeGuesses(guesses, said)
}

// overStages classifies a reply whose stage is unknown. Results of a stage that
// recognizes more than the class of its code keep their confidence, and so do those
// of the likeliest stage by the code alone. Results of later stages are merely
// possible.
func overStages(p stage.Protocol, r stage.Reply, message string) []Guess {
	var leading, later, weak []Guess
	first := true // among the stages that recognize such a reply
	for _, s := range stagesNamed(stagesOf(p, r), p, message) {
		said := withCommand(s, r)
		row := classify(s, p, said)
		if row < 0 {
			continue
		}
		g := signs[row].means
		particular := row != classify(s, p, stage.Reply{Command: said.Command, Status: r.Status, Code: r.Code})
		switch {
		case leading == nil && (particular || first && surest(g) > sureness(cause.Possible)):
			leading = g
		case particular:
			later = MergeGuesses(later, doubted(g[:1]))
		case weak == nil:
			weak = g
		}
		first = false
	}
	if leading == nil {
		return slices.Clone(weak)
	}
	return MergeGuesses(leading, later)
}

// stagesOf returns the stages at which a reply may have come, the likeliest
// first (RFC 5321 4.2, RFC 4954 6, RFC 5530).
func stagesOf(p stage.Protocol, r stage.Reply) []stage.Stage {
	switch {
	case p != stage.SMTP && (r.Status == "BYE" || r.Status == "-ERR"):
		return []stage.Stage{stage.Login, stage.Mailbox, stage.Upgrade, stage.Greeting}
	case p != stage.SMTP:
		return []stage.Stage{stage.Login, stage.Mailbox, stage.Upgrade}
	case r.Code >= 200 && r.Code < 400: // a positive reply (RFC 5321 4.2.1), whose text may have been tampered with
		return []stage.Stage{stage.Greeting}
	case r.Code == 421 || r.Code == 521:
		return []stage.Stage{stage.Greeting, stage.Login, stage.Submit, stage.Capabilities, stage.Upgrade}
	case r.Code == 550 || r.Code == 554 || r.Code == 451:
		return []stage.Stage{stage.Submit, stage.Login, stage.Greeting, stage.Capabilities}
	case r.Code == 450 || r.Code == 452 || r.Code > 550 || r.Code == 0 || r.Code == 530,
		r.Code == 454 && r.Enhanced == "4.7.1":
		return []stage.Stage{stage.Submit, stage.Login, stage.Capabilities}
	}
	return []stage.Stage{stage.Upgrade, stage.Login, stage.Capabilities, stage.Submit}
}

// tellsOfNetwork reports whether a code says that the network did not deliver a
// message (RFC 3463 3.5), or is in a log about a deferred one. The words then
// describe the connection, and no server has checked a login.
func tellsOfNetwork(found foundReply, message *lowered) bool {
	if found.protocol != stage.SMTP || message.has(" said: ") {
		return false
	}
	return found.reply.Enhanced == "4.4.1" || found.reply.Code == 0 && (message.has("dsn=") || message.has("status=deferred") || message.has("status=bounced"))
}

// stagesNamed moves the stage to the front whose commands a message names (RFC 5321
// 4.1.1, RFC 9051 6.4).
func stagesNamed(stages []stage.Stage, p stage.Protocol, message string) []stage.Stage {
	names := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(message, w) })
	}
	var named stage.Stage
	switch {
	case p == stage.SMTP && names("nvalid greeting", "greeting from server", "refused to talk to me", "after initial connection"):
		named = stage.Greeting
	case p == stage.SMTP && names("MAIL FROM", "RCPT TO", "DATA command", "发件人", "收件人"):
		named = stage.Submit
	case p == stage.IMAP && names(" FETCH ", "(SELECT ", "(EXAMINE ", " APPEND "):
		named = stage.Mailbox
	default:
		return stages
	}
	rest := slices.DeleteFunc(slices.Clone(stages), func(s stage.Stage) bool { return s == named })
	return append([]stage.Stage{named}, rest...)
}

// aboutTokens reinterprets a refused password if the message says how it was sent:
// as a refused token, or as a password that the server keeps in another form.
// Servers refuse all of them in the same words.
func aboutTokens(guesses []Guess, message *lowered) []Guess {
	if len(guesses) == 0 || guesses[0].Cause != cause.WrongPassword {
		return guesses
	}
	if slices.ContainsFunc([]string{"cram-md5", "digest-md5", "scram-sha"}, message.has) {
		return Several(cause.SASLDialectIncompatible, cause.WrongPassword, cause.WrongUsernameFormat)
	}
	if !slices.ContainsFunc([]string{"authenticate xoauth2", "auth xoauth2", "auth [xoauth2", "authenticator xoauth2", "xoauth2 authentication", "authenticate oauthbearer", "auth oauthbearer", "oauth2 auth", "oauth auth"}, message.has) {
		return guesses
	}
	return Likeliest(cause.OAuthTokenInvalid, cause.OAuthScopeOrAudienceWrong)
}

// withCommand sets the command of a reply that its words mention. Without one it
// answered neither EHLO nor STARTTLS.
func withCommand(s stage.Stage, r stage.Reply) stage.Reply {
	text := strings.ToLower(r.Text())
	switch {
	case s == stage.Upgrade && !strings.Contains(text, "must issue") && !strings.Contains(text, "first") &&
		(strings.Contains(text, "starttls") || strings.Contains(text, "stls") || strings.Contains(text, " tls")):
		r.Command = "STARTTLS"
	case s == stage.Capabilities && (strings.Contains(text, "helo") || strings.Contains(text, "ehlo")):
		r.Command = "EHLO"
	}
	return r
}

// byWords classifies a message without a code. The result is merely possible, unless
// the message names a response code or one of the particular causes.
func byWords(message string, p stage.Protocol) []Guess {
	r := stage.Reply{ResponseCode: responseCode(message), Lines: []string{stage.Visible(message)}}
	order := []stage.Stage{stage.Login, stage.Submit, stage.Mailbox}
	if p != stage.SMTP && p != "" {
		order = []stage.Stage{stage.Login, stage.Mailbox}
	}
	for _, s := range order {
		if g := Classify(s, p, r); len(g) > 0 {
			if r.ResponseCode == "" {
				return doubted(g)
			}
			return g
		}
	}
	if p != "" {
		return nil
	}
	for _, p := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		if g := byWords(message, p); g != nil {
			return doubted(g)
		}
	}
	return nil
}

// doubted returns guesses as merely possible.
func doubted(g []Guess) []Guess {
	out := slices.Clone(g)
	for i := range out {
		out[i].Confidence = cause.Possible
	}
	return out
}

// MergeGuesses combines two lists: each cause once, at the higher of its
// confidences, the surest first and otherwise in the given order.
func MergeGuesses(a, b []Guess) []Guess {
	var out []Guess
	for _, g := range slices.Concat(a, b) {
		i := slices.IndexFunc(out, func(o Guess) bool { return o.Cause == g.Cause })
		switch {
		case i < 0:
			out = append(out, g)
		case g.Confidence.Rank() < out[i].Confidence.Rank():
			out[i].Confidence = g.Confidence
		}
	}
	slices.SortStableFunc(out, func(x, y Guess) int { return cmp.Compare(x.Confidence.Rank(), y.Confidence.Rank()) })
	return out
}

// sureness returns 0 for no confidence, then 1 for possible, 2 for likely, 3 for
// proven.
func sureness(c cause.Confidence) int { return 3 - c.Rank() }

// surest returns the sureness of a list's first guess, 0 if it is empty.
func surest(g []Guess) int {
	if len(g) == 0 {
		return 0
	}
	return sureness(g[0].Confidence)
}
