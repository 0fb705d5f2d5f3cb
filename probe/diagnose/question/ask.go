package question

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// inquiryOf finds a question; ok is false if only another version knows it.
func inquiryOf(id stage.QuestionID) (q inquiry, ok bool) {
	for _, q := range allInquiries() {
		if q.id == id {
			return q, true
		}
	}
	return inquiry{}, false
}

// Ask returns the question that a follow-up is to answer; empty for any other check.
func Ask(c stage.Check) prose.Value {
	if c.Question == "" {
		return prose.Value{}
	}
	if q, ok := inquiryOf(c.Question); ok {
		return q.ask(c)
	}
	return say.AskUnknown()
}

// Topic names a question as part of a list, "other ports of the server".
func Topic(id stage.QuestionID) prose.Value {
	if q, ok := inquiryOf(id); ok {
		return q.topic
	}
	return say.TopicUnknown()
}

// always asks the same question for every check.
func always(question prose.Value) func(stage.Check) prose.Value {
	return func(stage.Check) prose.Value { return question }
}

// ofPort asks about a check's port, when all checks concern one host.
func ofPort(ask func(port prose.Value) prose.Value) func(stage.Check) prose.Value {
	return func(c stage.Check) prose.Value { return ask(portOf(c)) }
}

// ofPlace asks about a check's port and host.
func ofPlace(ask func(place prose.Value) prose.Value) func(stage.Check) prose.Value {
	return func(c stage.Check) prose.Value { return ask(placeOf(c)) }
}

// ofHost asks about a check's host.
func ofHost(ask func(host prose.Value) prose.Value) func(stage.Check) prose.Value {
	return func(c stage.Check) prose.Value { return ask(hostOf(c)) }
}

func hostOf(c stage.Check) prose.Value { return prose.Data(c.Endpoint.Host) }

// portOf returns "port 993".
func portOf(c stage.Check) prose.Value { return say.Port(prose.Figure(int(c.Endpoint.Port))) }

// placeOf returns "port 993 of imap.example.net".
func placeOf(c stage.Check) prose.Value {
	return chart.Place{Host: c.Endpoint.Host, Port: c.Endpoint.Port}.Name()
}
