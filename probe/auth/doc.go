// Package auth logs in: it keeps passwords ([Secret]), chooses a mechanism from
// those offered ([Choose]), and speaks it ([NewClient], [Client]), on go-sasl's
// interface.
//
// The framing (base64, tags, reply codes, the empty line that carries an empty
// response) belongs to the dialogues; what is in the messages belongs here. A
// dialogue calls Choose, NewClient and Start, sends the initial response where
// the protocol lets it, answers each challenge with what Next returns (an empty
// response is a response), and calls Done when the server has said yes. Where
// Next returns an error, the dialogue cancels the exchange.
//
// What a server sends is bounded in length and in rounds, a SCRAM iteration
// count also in size, before anything is computed from it. No error and no
// member of [Seen] repeats a user name or a secret.
package auth
