// Package auth logs in. It holds passwords ([Secret]), chooses a mechanism from those
// offered ([Choose]), and performs it ([NewClient], [Client]), based on go-sasl's
// interface.
//
// The dialogues handle the framing: base64, tags, reply codes, the empty line for an
// empty response. This package handles the contents of the messages. A dialogue calls
// Choose and NewClient, and gives an [Exchange] its frames as a [Carrier]. The Exchange
// sends the initial response if the protocol allows it, responds to each challenge, and
// checks with the mechanism when the server reports success.
//
// The length and number of a server's messages are limited, and so is SCRAM's iteration
// count, before anything is computed from it. No error and no member of [Seen] repeats
// a user name or a secret.
package auth
