package report

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// FollowUp is a question that the run asked itself, and the answer.
type FollowUp struct {
	Check    string           // Check.ID of the follow-up
	ID       stage.QuestionID // what it was to find out
	Question string           // the same as a whole sentence
	Answer   string           // in whole sentences
	Answered bool             // something was found out
	Fault    stage.Fault      // what ended it early; empty where nothing did
	Parents  []string         // ids of the checks that raised the question
	Why      []string         // what was wrong with them: "SMTP 587, connect: no answer in 10 s"
	Because  string           // the same in one line; empty where nothing was wrong
	Round    int              // 1 or 2
	Kind     stage.Kind
	Endpoint stage.Endpoint // zero for one that needs no mail server
}

// followUps lists the questions that the run asked itself: those first that found
// something, last those without an answer. One that tells is not to be sought among
// ten that came to nothing.
func followUps(l *prose.Language, rec *stage.Record) []FollowUp {
	labels := shortLabels(rec)
	var out []FollowUp
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if !c.Check.FollowUp() {
			continue
		}
		f := FollowUp{
			Check: c.Check.ID, ID: c.Check.Question, Question: question.Ask(c.Check), Answer: question.AnswerIn(rec, *c),
			Parents: c.Check.Parents, Round: c.Check.Round, Kind: c.Check.Kind, Endpoint: c.Check.Endpoint,
		}
		if bad := c.Failed(); bad != nil {
			f.Fault = bad.Fault
		}
		f.Answered = !strings.HasPrefix(f.Answer, notAnswered)
		var why []prose.Value
		for _, id := range c.Check.Parents {
			if v := trouble(rec, id, labels); !v.Empty() {
				why = append(why, v)
			}
		}
		f.Why, f.Because = texts(l, why), l.Text(because(why))
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b FollowUp) int { return a.rank() - b.rank() })
	return out
}

// rank orders follow-ups, those that tell most first.
func (f FollowUp) rank() int {
	switch {
	case !f.Answered:
		return 2
	case f.Fault != "":
		return 1
	}
	return 0
}

// notAnswered is how answers begin that are none.
const notAnswered = "Not answered"

// trouble says what was wrong with a check that raised a question: "SMTP 587,
// connect: no answer in 10 s". Where nothing failed, it names the check.
func trouble(rec *stage.Record, id string, labels map[string]prose.Value) (why prose.Value) {
	c := rec.Check(id)
	if c == nil {
		return why
	}
	bad := c.Failed()
	if bad == nil {
		i := slices.IndexFunc(c.Results, func(r stage.Result) bool { return r.Status == stage.Warn })
		if i < 0 {
			return labels[id]
		}
		bad = &c.Results[i]
	}
	return say.CellTrouble(labels[id], stageName(bad.Stage), clause(bad, rec.Header.Options))
}

// maxReasons is how many troubles are told that gave reason to ask one question.
const maxReasons = 3

// because sums up what gave reason to ask a question.
func because(why []prose.Value) prose.Value {
	if len(why) == 0 {
		return prose.Value{}
	}
	if n := len(why); n > maxReasons {
		why = append(slices.Clone(why[:maxReasons]), say.FollowUpMore(prose.Count(n-maxReasons)))
	}
	return say.FollowUpBecause(prose.Then(why...))
}

// questionWords name questions as parts of a list.
var questionWords = map[stage.QuestionID]string{
	stage.AskPortSpeaksTLS:   "SSL/TLS on the same port",
	stage.AskPortSpeaksPlain: "the same port in clear",
	stage.AskStartTLSHere:    "STARTTLS on the same port",
	stage.AskSibling:         "other ports of the server",
	stage.AskWeb:             "the server's web port",
	stage.AskWebCertificate:  "the certificate at the web port",
	stage.AskOtherProvider:   "other providers' servers",
	stage.AskAgain:           "the same once more",
	stage.AskOtherAddress:    "the server's other addresses",
	stage.AskSmallHello:      "a shorter beginning of encryption",
	stage.AskSmallSegments:   "small packets",
	stage.AskOldTLS:          "outdated encryption",
	stage.AskWithoutName:     "encryption without a server name",
	stage.AskIssuer:          "the issuer's certificate",
	stage.AskInsist:          "STARTTLS though not offered",
	stage.AskNobody:          "an address that nobody has",
	stage.AskHTTP:            "a web server at the port",
	stage.AskPortal:          "a web page",
	stage.AskProxy:           "the web proxy",
	stage.AskOtherResolvers:  "other name servers",

	stage.AskCertificateElsewhere: "the certificate where other name servers lead",
	stage.AskStrangerCertificate:  "another provider's certificate",
	stage.AskStrangerStartTLS:     "STARTTLS at another provider",
	stage.AskControlName:          "another name",
	stage.AskNonsenseName:         "a name that cannot exist",
	stage.AskNearName:             "similar names",
	stage.AskTime:                 "the time",
	stage.AskPlainLogin:           "login by PLAIN",
	stage.AskOtherLogin:           "login by another mechanism",
	stage.AskUserForm:             "another form of the user name",
	stage.AskTidyPassword:         "the password without stray characters",
	stage.AskOtherEncoding:        "the password in another encoding",
}

// QuestionWords names a question as part of a list, "other ports of the server".
func QuestionWords(id stage.QuestionID) string {
	if words := questionWords[id]; words != "" {
		return words
	}
	return "something else"
}

// Words about follow-ups.
const (
	wordsMade       = "{n} made: {list}"
	wordsNotAsked   = "not asked (--no-follow-up): {list}"
	wordsStillOpen  = "not asked: {list}"
	wordsNobodyElse = "nobody but the provider's servers and the name server (--private)"
)

// followUpWords says in a line which follow-ups were made: each kind of question
// once, those that told something first.
func followUpWords(rec *stage.Record, all []FollowUp) string {
	n := 0
	var kinds []string
	for _, f := range all {
		if !made(rec.Check(f.Check)) {
			continue
		}
		n++
		if w := QuestionWords(f.ID); !slices.Contains(kinds, w) {
			kinds = append(kinds, w)
		}
	}
	if n == 0 {
		return ""
	}
	return fill(wordsMade, "n", strconv.Itoa(n), "list", listed(kinds))
}

// made reports whether a follow-up was carried out at all.
func made(c *stage.CheckRecord) bool {
	return slices.ContainsFunc(c.Results, func(r stage.Result) bool { return r.Status != stage.Skip })
}

// openWords says in a line which questions nobody asked.
func openWords(rec *stage.Record, d diagnose.Diagnosis) string {
	var kinds []string
	for _, q := range d.Questions {
		if w := QuestionWords(q.Check.Question); !slices.Contains(kinds, w) {
			kinds = append(kinds, w)
		}
	}
	words := wordsNotAsked
	switch {
	case len(kinds) == 0:
		return ""
	case rec.Header.Options.FollowUps:
		words = wordsStillOpen
	}
	return fill(words, "list", list(kinds))
}

// openQuestions lists the questions that no check answered, each once.
func openQuestions(d diagnose.Diagnosis) []string {
	var out []string
	for _, q := range d.Questions {
		if s := question.Ask(q.Check); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// nobodyElse says that --private kept strangers out, where follow-ups would have
// asked some.
func nobodyElse(rec *stage.Record, w weighed) string {
	if !rec.Header.Options.Private || w.overall() == Works || len(thirdParties(rec)) > 0 {
		return ""
	}
	return wordsNobodyElse
}

// QuestionName names a question as part of a list, "other ports of the server".
func QuestionName(id stage.QuestionID) prose.Value { return prose.Raw(QuestionWords(id)) }
