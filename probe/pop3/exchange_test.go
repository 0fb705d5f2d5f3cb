package pop3

import (
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

func TestExchangeBounds(t *testing.T) {
	frames := dialoguetest.Frames{Challenge: "+ ", Yes: "+OK", Cancelled: "-ERR no"}
	dialoguetest.Patience(t, frames, maxResponse, func(c *wire.Conn) auth.Exchange {
		return New(c).exchange(&stage.LoginFacts{})
	})
}
