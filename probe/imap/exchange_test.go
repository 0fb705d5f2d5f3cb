package imap

import (
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

func TestExchangeBounds(t *testing.T) {
	frames := dialoguetest.Frames{Challenge: "+ ", Yes: "a1 OK in", Cancelled: "a1 BAD cancelled"}
	dialoguetest.Patience(t, frames, 0, func(c *wire.Conn) auth.Exchange {
		return New(c).authentication(&stage.LoginFacts{})
	})
}
