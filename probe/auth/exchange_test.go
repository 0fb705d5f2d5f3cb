package auth

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

// recital is a server that sends its lines whatever it receives: "+ ..." is a
// challenge, "OK" and "NO" end the exchange.
type recital struct {
	says      []string
	heard     []string
	cancelled bool
}

func (r *recital) Send(lines ...string) error {
	r.heard = append(r.heard, lines...)
	return nil
}

func (r *recital) SendProtected(shown, line string) error {
	r.heard = append(r.heard, shown+"="+strings.TrimSuffix(line, "\r\n"))
	return nil
}

func (r *recital) Receive() (challenge string, more bool, err error) {
	if len(r.says) == 0 {
		return "", false, stage.Errorf(stage.Closed, "the recital is over")
	}
	line := r.says[0]
	r.says = r.says[1:]
	if line == "NO" {
		return "", false, stage.Errorf(stage.Rejected, "no")
	}
	challenge, more = strings.CutPrefix(line, "+ ")
	return challenge, more, nil
}

func (r *recital) Cancelled() { r.cancelled = true }

// pupil is a mechanism that returns each challenge as its response.
type pupil struct {
	initial []byte
	done    error
}

func (p *pupil) Start() (string, []byte, error)      { return "PUPIL", p.initial, nil }
func (*pupil) Next(challenge []byte) ([]byte, error) { return challenge, nil }
func (p *pupil) Done() error                         { return p.done }
func (*pupil) Seen() Seen                            { return Seen{} }

func TestExchange(t *testing.T) {
	unproven := stage.Errorf(stage.ServerProof, "no proof")
	tests := []struct {
		name, says string
		initial    []byte
		done       error
		room       int
		heard      string
		fault      stage.Fault
		sent, with bool // something was sent; the command contained the initial response
	}{
		{name: "initial response", says: "OK", initial: []byte("ab"), room: 64, heard: "AUTH PUPIL ***=AUTH PUPIL YWI=", sent: true, with: true},
		{name: "it just fits", says: "OK", initial: []byte("ab"), room: 17, heard: "AUTH PUPIL ***=AUTH PUPIL YWI=", sent: true, with: true},
		{name: "it doesn't fit", says: "+ |OK", initial: []byte("ab"), room: 16, heard: "AUTH PUPIL|***=YWI=", sent: true},
		{name: "not taken, and prose asks for it", says: "+ go on!|OK", initial: []byte("ab"), heard: "AUTH PUPIL|***=YWI=", sent: true},
		{name: "an empty one", says: "OK", initial: []byte{}, room: 64, heard: "AUTH PUPIL ***=AUTH PUPIL =", sent: true, with: true},
		{name: "an empty one later", says: "+ |OK", initial: []byte{}, heard: "AUTH PUPIL|***=", sent: true},
		{name: "none", says: "+ YQ==|+ |OK", room: 64, heard: "AUTH PUPIL|***=YQ==|***=", sent: true},
		{name: "refused before anything", says: "NO", room: 64, heard: "AUTH PUPIL", fault: stage.Rejected},
		{name: "success that isn't proven", says: "OK", room: 64, done: unproven, heard: "AUTH PUPIL", fault: stage.ServerProof},
		{name: "not base64", says: "+ ?", room: 64, heard: "AUTH PUPIL|*", fault: stage.Malformed},
		{name: "response too long", says: "+ " + strings.Repeat("YWJj", 20), room: 64, heard: "AUTH PUPIL|*", fault: stage.BadCredential},
		{name: "closed", says: "+ YQ==", room: 64, heard: "AUTH PUPIL|***=YQ==", fault: stage.Closed, sent: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, facts := &recital{says: strings.Split(tt.says, "|")}, &stage.LoginFacts{}
			x := Exchange{Carrier: r, Command: "AUTH", Facts: facts, MaxCommand: tt.room, MaxResponse: 64}
			if got := faultOf(x.Run(&pupil{tt.initial, tt.done})); got != tt.fault {
				t.Errorf("fault %q, want %q", got, tt.fault)
			}
			if got := strings.Join(r.heard, "|"); got != tt.heard {
				t.Errorf("heard %q, want %q", got, tt.heard)
			}
			if facts.Sent != tt.sent || facts.InitialReply != tt.with {
				t.Errorf("sent %v, with the command %v", facts.Sent, facts.InitialReply)
			}
			if cancelled := strings.HasSuffix(tt.heard, "|*"); r.cancelled != cancelled {
				t.Errorf("read the reply to a cancelled exchange: %v", r.cancelled)
			}
		})
	}
}

func TestAddMechanisms(t *testing.T) {
	list := AddMechanisms([]Mechanism{Plain}, []string{"LOGIN", "PLAIN", "LOGIN"})
	if got := Names(list); !slices.Equal(got, []string{"PLAIN", "LOGIN"}) {
		t.Errorf("%q", got)
	}
	many := make([]string, 5000)
	for i := range many {
		many[i] = strings.Repeat("X", i)
	}
	if n := len(AddMechanisms(list, many)); n != MaxMechanisms {
		t.Errorf("%d mechanisms", n)
	}
	if Names(nil) != nil {
		t.Error("names of none")
	}
}
