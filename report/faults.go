package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// faultWords say what happened in a stage, in the line below a row. {limit} is
// the time that was waited for. What is known beyond the fault follows after a
// colon.
var faultWords = map[stage.Fault]string{
	stage.NameNotFound:  "this server name does not exist",
	stage.NoAddress:     "the name exists and has no address",
	stage.ServFail:      "the name server could not find the address (SERVFAIL)",
	stage.DNSRefused:    "the name server refuses to answer this computer",
	stage.DNSTimeout:    "no name server answered",
	stage.DNSLoop:       "the name leads in a circle of aliases",
	stage.DNSUnreached:  "no name server could be asked",
	stage.LookupFailed:  "this computer could not look the name up",
	stage.BadAddress:    "the name leads to an address that no server can have",
	stage.AddressFamily: "the name has no address of the kind that was asked for",

	stage.Refused:            "refused",
	stage.ConnectTimeout:     "no answer in {limit}",
	stage.NetworkUnreachable: "no way from this computer into the network",
	stage.HostUnreachable:    "the network says that the server cannot be reached",
	stage.Prohibited:         "this computer forbids the connection",
	stage.ConnectFailed:      "the connection failed",

	stage.PlaintextAnswer:  "the server answered without encryption",
	stage.HandshakeTimeout: "no answer to the start of encryption in {limit}",
	stage.HandshakeClosed:  "the server hung up at the start of encryption",
	stage.HandshakeReset:   "the connection was cut at the start of encryption",
	stage.TLSAlert:         "the server refused the encryption",
	stage.TLSVersion:       "the server offers only outdated encryption",
	stage.TLSProtocol:      "the server broke the rules of encryption",
	stage.ClientCertAsked:  "the server wants a certificate from this computer",
	stage.BadCertificate:   "the certificate is not in order",

	stage.Silent:          "no answer in {limit}",
	stage.Stalled:         "the answer stopped half-way, and {limit} passed",
	stage.Closed:          "the server hung up",
	stage.Reset:           "the connection was cut",
	stage.WrongProtocol:   "another kind of server answers here",
	stage.Malformed:       "an answer that makes no sense",
	stage.TooLong:         "an answer without end; not read on",
	stage.Rejected:        "refused",
	stage.TemporarilyOut:  "refused for now",
	stage.Bye:             "the server said goodbye",
	stage.NotOffered:      "the server offers no encryption here",
	stage.PreAuth:         "the server skips the login: it lets everybody in",
	stage.EarlyData:       "data came before encryption began; somebody may interfere",
	stage.NoMechanism:     "no way to log in is offered that can be used here",
	stage.ServerProof:     "the server did not prove that it knows the password",
	stage.TooManyRounds:   "the server asks for more work than is sensible",
	stage.BadCredential:   "this name or password cannot be sent",
	stage.Unparsed:        "an answer that maildoctor cannot read",
	stage.WriteFailed:     "sending failed",
	stage.FetchFailed:     "fetching failed",
	stage.NoTime:          "no usable time",
	stage.InternalProblem: "a fault of maildoctor itself",
}

// wordsNoWayBack is why a server that skips the login cannot be told to encrypt:
// STARTTLS has to come before (RFC 9051 6.2.1).
const wordsNoWayBack = "the server skips the login, so that encryption can no longer begin"

// certWords say what is wrong with a certificate.
var certWords = map[stage.CertFaultID]string{
	stage.CertExpired:           "expired on {until}",
	stage.CertNotYetValid:       "not valid before {from}",
	stage.CertNameMismatch:      "made out to {names}, not to this server",
	stage.CertNoNames:           "made out to nobody",
	stage.CertSelfSigned:        "signed by itself alone",
	stage.CertUnknownAuthority:  "from an unknown authority, {issuer}",
	stage.CertLocalRoot:         "from no public authority, but from {issuer}, which was added to this computer",
	stage.CertIssuerExpired:     "from an issuer whose own certificate has expired",
	stage.CertWeakKey:           "with a key that is too weak",
	stage.CertWeakSignature:     "with a signature that is too weak",
	stage.CertUnparsable:        "malformed",
	stage.CertWrongUsage:        "not meant for servers",
	stage.CertPathInvalid:       "issued against the rules of its authority",
	stage.CertNotInPublicBundle: "from no public authority",
	stage.CertMissingLink:       "sent without that of its issuer",
	stage.CertExpiresSoon:       "valid until {until}",
	stage.CertExpiredExtra:      "sent along with an expired one",
	stage.CertChainMisordered:   "sent with its chain in the wrong order",
}

// skipWords say why a stage was not tried, where the report has to say so.
var skipWords = map[stage.Reason]string{
	stage.CleartextNotAllowed: "not tried: it would send the password readable by others",
	stage.NoSender:            "not tested: no sender address is known",
	stage.NotPossible:         "not tried: this system cannot do it",
	stage.LoginBudget:         "not tried: one more refusal might lock the account",
	stage.Interrupted:         "not finished: the run was interrupted",
	stage.OutOfTime:           "not finished: the run's time was up",
}

// wordsRefusedThere follows a login that was left out for a refusal elsewhere.
const wordsRefusedThere = "; {place} refused the same name and password"

// clause says in words how a stage failed, or what it warns of.
func clause(r *stage.Result, o stage.Options) string {
	switch f := r.Facts.(type) {
	case *stage.ConnectFacts:
		if s := attemptWords(f.Attempts, o); s != "" {
			return s
		}
	case *stage.TLSFacts:
		if s := certificateWords(f); s != "" {
			return s
		}
	}
	words := faultWords[r.Fault]
	if r.Stage == stage.Upgrade && r.Fault == stage.PreAuth {
		words = wordsNoWayBack
	}
	if words == "" {
		words = strings.ReplaceAll(string(r.Fault), "-", " ")
	}
	words = say(words, "limit", wholeSeconds(waited(r, o)))
	detail := detailOf(r)
	if words != "" && detail != "" {
		words += ": "
	}
	return words + detail
}

// waited is how long a stage waits at most.
func waited(r *stage.Result, o stage.Options) stage.Millis {
	limit := o.StageTimeout
	if r.Stage == stage.Connect {
		limit = o.ConnectTimeout
	}
	if limit == 0 {
		limit = r.Time
	}
	return limit
}

// detailOf returns what a stage saw of a refusal, in the server's words where
// it had any. The errors of this machine's libraries are for the facts: they name
// local ports and mean nothing to most readers.
func detailOf(r *stage.Result) string {
	if f, ok := r.Facts.(*stage.StartTLSFacts); ok && r.Fault == stage.EarlyData {
		return stage.Visible(chart.FirstLine(f.EarlyText)) // the reply before it was in order
	}
	if reply := ReplyOf(r.Facts); reply != nil && len(reply.Lines) > 0 {
		return replyWords(reply)
	}
	switch f := r.Facts.(type) {
	case *stage.ResolveFacts:
		if r.Fault == stage.BadAddress {
			return stage.Visible(strings.Join(f.Addresses, ", "))
		}
	case *stage.TLSFacts:
		return stage.Visible(cmp.Or(f.Alert, chart.FirstLine(f.FirstBytes)))
	case *stage.GreetingFacts:
		return stage.Visible(chart.FirstLine(f.FirstBytes))
	}
	return ""
}

// replyWords is a reply on one line. An IMAP reply loses the tag of the command,
// which means nothing outside the dialogue.
func replyWords(r *stage.Reply) string {
	text := r.Text()
	if tag, rest, ok := strings.Cut(text, " "); ok && r.Status != "" && tag != r.Status && strings.HasPrefix(rest, r.Status) {
		text = rest
	}
	return stage.Visible(text)
}

// ReplyOf returns the server's reply among the facts of a stage; nil where it
// gave none.
func ReplyOf(facts stage.Facts) *stage.Reply {
	switch f := facts.(type) {
	case *stage.GreetingFacts:
		return &f.Reply
	case *stage.StartTLSFacts:
		return f.Reply
	case *stage.CapabilityFacts:
		return cmp.Or(f.Reply, f.HelloRefused)
	case *stage.LoginFacts:
		return f.Reply
	case *stage.MailboxFacts:
		return f.Reply
	case *stage.SubmitFacts:
		return f.Reply
	}
	return nil
}

// attemptWords says how each address took the connection, those alike together:
// "no answer in 10 s from 198.51.100.25, nor from 2001:db8::25".
func attemptWords(attempts []stage.Attempt, o stage.Options) string {
	var order []stage.DialOutcome
	by := make(map[stage.DialOutcome][]string)
	var parts []string
	for _, a := range attempts {
		if who := rejecter(a); who != "" {
			parts = append(parts, who+" rejects connections to "+hostOf(a.Address))
			continue
		}
		if by[a.Outcome] == nil {
			order = append(order, a.Outcome)
		}
		by[a.Outcome] = append(by[a.Outcome], hostOf(a.Address))
	}
	for _, outcome := range order {
		hosts := by[outcome]
		if len(hosts) > 3 {
			hosts = append(hosts[:2:2], strconv.Itoa(len(hosts)-2)+" more")
		}
		switch outcome {
		case stage.DialConnected:
			continue
		case stage.DialTimeout:
			parts = append(parts, "no answer in "+wholeSeconds(o.ConnectTimeout)+" from "+strings.Join(hosts, ", nor from "))
		case stage.DialRefused:
			parts = append(parts, "refused by "+list(hosts))
		case stage.DialNetworkUnreachable:
			parts = append(parts, "no way into the network of "+list(hosts))
		case stage.DialHostUnreachable:
			parts = append(parts, "the network says that "+list(hosts)+" cannot be reached")
		case stage.DialProhibited:
			parts = append(parts, "this computer forbids connections to "+list(hosts))
		case stage.DialInterrupted:
			parts = append(parts, "not finished to "+list(hosts))
		case stage.DialReset:
			parts = append(parts, "the connection was reset by "+list(hosts))
		default:
			parts = append(parts, "the connection to "+list(hosts)+" could not be made")
		}
	}
	return stage.Visible(strings.Join(parts, "; "))
}

// rejecter is the machine on the way that said by a message that a rule of its own
// ends the attempt; empty where none did.
func rejecter(a stage.Attempt) string {
	r := a.Rejection
	rule := r != nil && (r.Why == stage.RejectProhibited || r.Why == stage.RejectPort)
	if !rule || a.Outcome == stage.DialProhibited || r.By == strings.Trim(hostOf(a.Address), "[]") {
		return ""
	}
	return r.By
}

// hostOf cuts the port off an address.
func hostOf(address string) string {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return address
	}
	return strings.Trim(address[:i], "[]")
}

// certificateWords lists the faults of a certificate, grave ones first: one
// that failed is not said to warn as well.
func certificateWords(f *stage.TLSFacts) string {
	var parts []string
	for _, warning := range []bool{false, true} {
		for _, x := range f.Faults {
			if x.Warning != warning || warning && len(parts) > 0 {
				continue
			}
			if x.ID == stage.CertNotInPublicBundle && slices.ContainsFunc(f.Faults, isLocalRoot) {
				continue
			}
			parts = append(parts, certFault(f, x))
		}
		if len(parts) > 0 {
			break
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "certificate " + strings.Join(slices.Compact(parts), "; ")
}

func isLocalRoot(f stage.CertFault) bool { return f.ID == stage.CertLocalRoot }

func certFault(f *stage.TLSFacts, x stage.CertFault) string {
	words := certWords[x.ID]
	if words == "" {
		words = strings.ReplaceAll(string(x.ID), "-", " ")
	}
	var c stage.Certificate
	if x.Depth >= 0 && x.Depth < len(f.Chain) {
		c = f.Chain[x.Depth]
	}
	names := c.Names
	if len(names) > 2 {
		names = append(names[:2:2], strconv.Itoa(len(names)-2)+" more")
	}
	issuer := c.Issuer
	if x.ID == stage.CertLocalRoot && f.Root != nil {
		issuer = f.Root.Subject
	}
	return say(words, "until", utc(c.NotAfter), "from", utc(c.NotBefore),
		"names", list(names), "issuer", `"`+chart.CommonName(issuer)+`"`)
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
