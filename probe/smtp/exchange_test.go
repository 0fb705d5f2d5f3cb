package smtp

import (
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

func TestExchangeBounds(t *testing.T) {
	frames := dialoguetest.Frames{Challenge: "334 ", Yes: "235 ok", Cancelled: "501 no"}
	dialoguetest.Patience(t, frames, maxResponse, func(c *wire.Conn) auth.Exchange {
		return New(c, Options{}).exchange(&stage.LoginFacts{})
	})
}
