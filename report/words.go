package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// say fills the named slots of a sentence: say("{a} works.", "a", "Receiving").
// A slot may stand anywhere and more than once, so that a translation can put
// it where its language wants it.
func say(sentence string, slots ...string) string {
	pairs := make([]string, 0, len(slots))
	for i := 0; i+1 < len(slots); i += 2 {
		pairs = append(pairs, "{"+slots[i]+"}", stage.Visible(slots[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// The sentences of the summary.
const (
	wordsAllWork       = "{units} {work} from this computer with the settings below."
	wordsAllWorkUnsent = "{units} {work} from this computer with the settings below, as far as can be seen without sending a message."
	wordsPlainWork     = "{units} {work} from this computer."
	wordsPlainUnsent   = "{units} {work} from this computer, as far as can be seen without sending a message."
	wordsOneAnswers    = "The server answers from here."
	wordsOneInOrder    = "The server answers from here, with a certificate in order."
	wordsAllAnswer     = "All {n} servers answer from here."
	wordsBothAnswer    = "Both servers answer from here."
	wordsBothInOrder   = "Both servers answer from here, each with a certificate in order."
	wordsAllInOrder    = "All {n} servers answer from here, each with a certificate in order."

	wordsUntested         = "Login was not tested."
	wordsUntestedNoUser   = "Login was not tested: no user name and no password were given."
	wordsUntestedNoSecret = "Login was not tested: no password was given."
	wordsUntestedNotAsked = "Login was not tested: it was not asked for."

	wordsNoSender = "The sender was not tested: the user name is no address, and --from ADDRESS names one."

	wordsSomeWork    = "{units} {work}."
	wordsOthersDoNot = "{units} {do} not."
	wordsNoneWorks   = "{units} {do} not work."
	wordsNeither     = "Neither {a} nor {b} works."

	wordsUpTo       = "{units} {was} tested up to the {stage} and no further."
	wordsUnfinished = "{units} {was} not tested to the end."
	wordsNotTested  = "{units} could not be tested."

	wordsEndpointsAll     = "All {n} endpoints work."
	wordsEndpointsBoth    = "Both endpoints work."
	wordsEndpointsSome    = "{k} of {n} endpoints work. Not in order: {list}."
	wordsEndpointsNone    = "None of the {n} endpoints works."
	wordsEndpointsNeither = "Neither endpoint works."
	wordsEndpointsOpen    = "{j} of {n} endpoints {do} not work; {m} {was} not tested to the end."
	wordsEndpointsUntried = "The {n} endpoints were not tested to the end."

	wordsNothingLearnt = "Nothing was learnt about your mail settings, good or bad."
	wordsNoChecks      = "No endpoint was examined."
)

// What stands in the place of actions.
const (
	wordsNothingToDo    = "Nothing here. If your mail program still fails, compare its account settings with these, field by field: maildoctor has not looked into it."
	wordsNothingSoFar   = "Nothing so far. To test the login too: maildoctor check {address}"
	wordsNothingSecret  = "Nothing so far. To test the login too, give the password: type it when asked, or pass it with --password-stdin."
	wordsNothingAsked   = "Nothing so far. To test the login too, leave out --no-login."
	wordsNothingMore    = "Nothing so far. To test the login too, give an address and a password."
	wordsRunAgain       = "Run the same command again, and let it come to its end."
	wordsMoreTime       = "Run the same command again and give it more time, with --run-timeout {time}."
	wordsAllowCleartext = "to test it all the same, on a network that you trust: maildoctor check {arguments} --allow-cleartext-login"
	wordsNothingKnown   = "Nothing is known that would help. The connections below show how far each one got."
)

// What is said before all else.
const (
	wordsDemo        = "Demo ({case}): servers inside maildoctor, no network, no account."
	wordsInterrupted = "This run was interrupted after {time}. What follows is what was known by then."
	wordsOutOfTime   = "This run reached its time limit of {time}. What follows is what was known by then."
	wordsUnknownOne  = "1 event of this file is of a kind that this maildoctor does not know. A newer one may say more."
	wordsUnknownMany = "{n} events of this file are of a kind that this maildoctor does not know. A newer one may say more."
	wordsBrokenOne   = "1 line of this file could not be read."
	wordsBrokenMany  = "{n} lines of this file could not be read."
)

// The lines at the foot.
const (
	wordsNoLogin      = "none tried"
	wordsNoLoginAsked = "none tried; no password was asked for"
	wordsLogins       = "{n} tried, {k} refused"
	wordsLoginsFailed = "{n} tried, {k} without success"
	wordsEncrypted    = "the password went over checked encryption only"
	wordsReadable     = "the password crossed the network readable, as was allowed"
	wordsNothingSent  = "no message was sent"
	wordsUnknownSent  = "whether a message arrives: none was sent"
)

// parties are the words for who can act.
var parties = map[cause.Who]string{
	cause.You:      "You",
	cause.Network:  "Your network (whoever runs it)",
	cause.Provider: "Your provider",
	cause.Operator: "The operator",
}

// protocolWords are the names by which mail programs call the protocols.
var protocolWords = map[stage.Protocol]string{stage.POP3: "POP", stage.IMAP: "IMAP", stage.SMTP: "SMTP"}

// SecurityWords is how mail programs call the kinds of security.
func SecurityWords(s stage.Security) string {
	switch s {
	case stage.TLS:
		return "SSL/TLS"
	case stage.StartTLS, stage.StartTLSIfOffered:
		return "STARTTLS"
	case stage.None:
		return "none"
	}
	return stage.Visible(string(s))
}

// StageWords is how a stage is called in a sentence.
func StageWords(s stage.Stage) string {
	switch s {
	case stage.Resolve:
		return "name"
	case stage.Connect:
		return "connect"
	case stage.Submit:
		return "sender"
	}
	return stage.Visible(string(s))
}

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// maxNamed is how many names a sentence lists before it counts the rest.
const maxNamed = 4

// listed joins words like list, and counts those beyond what a reader takes in:
// "a, b, c and 246 more".
func listed(words []string) string {
	if n := len(words); n > maxNamed {
		words = append(words[:maxNamed-1:maxNamed-1], strconv.Itoa(n-maxNamed+1)+" more")
	}
	return list(words)
}

// number writes small numbers as words, as prose does.
func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// capital puts the first letter of a sentence in upper case.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); n == 0 || unicode.IsUpper(next) {
		return s // "iCloud Mail"
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// goesOn lets a sentence follow a colon: the articles and prepositions with
// which sentences begin lose their capital, names keep theirs.
func goesOn(s string) string {
	word, _, _ := strings.Cut(s, " ")
	switch word {
	case "The", "No", "This", "Looking", "That", "A", "An", "At", "By", "In", "One", "What", "Something", "Somebody", "Packets", "Each", "Port", "Ports", "Small", "Customers", "With",
		"Another", "Connections", "From", "It", "Its", "Large", "Mail", "Name", "Nothing", "On", "Unrelated":
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// either chooses between the forms for one and for several.
func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Seconds writes a duration as a report does: "0.5 s", below a tenth of a second
// "58 ms".
func Seconds(m stage.Millis) string {
	if d := m.Duration(); d < 95*time.Millisecond {
		return Short(m)
	}
	return fmt.Sprintf("%.1f s", m.Duration().Seconds())
}

// wholeSeconds writes a limit: "10 s", "2.5 s".
func wholeSeconds(m stage.Millis) string {
	return strconv.FormatFloat(m.Duration().Seconds(), 'f', -1, 64) + " s"
}

// Short writes a duration with the precision that its size deserves: "0.2 ms",
// "41 ms", "0.41 s", "1.2 s".
func Short(m stage.Millis) string {
	switch ms := m.Duration().Seconds() * 1000; {
	case ms > 0 && ms < 0.05:
		return "under 0.1 ms"
	case ms < 0.95 && ms != 0:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	default:
		return Seconds(m)
	}
}

// Bytes writes a size: "700 MB", "9.5 MB", "1.5 GB". The pages of causes have the
// same figures.
func Bytes(n int64) string { return prose.English().Text(prose.Size(n)) }
