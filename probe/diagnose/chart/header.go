package chart

import "maildoctor/probe/stage"

// BehindHeader says whether a server that turned a connection away went on as a mail
// server does behind the line of a proxy.
func BehindHeader(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	if f.Check.Endpoint.Security == stage.TLS {
		return ShookHands(f)
	}
	return Went(f, stage.Greeting)
}
