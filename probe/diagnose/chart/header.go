package chart

import "maildoctor/probe/stage"

// BehindHeader reports whether a server that had turned a connection away behaved
// like a mail server once a proxy header was sent first.
func BehindHeader(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	if f.Check.Endpoint.Security == stage.TLS {
		return ShookHands(f)
	}
	return Went(f, stage.Greeting)
}
