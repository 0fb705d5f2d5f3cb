// Package auth logs in: it keeps passwords ([Secret]), chooses a mechanism from
// those offered ([Choose]), and speaks it ([NewClient], [Client]), on go-sasl's
// interface.
//
// The framing (base64, tags, reply codes, the empty line that carries an empty
// response) belongs to the dialogues; what is in the messages belongs here. A
// dialogue calls Choose and NewClient, and gives an [Exchange] its frames as a
// [Carrier]. The Exchange sends the initial response where the protocol lets it,
// answers each challenge, and asks the mechanism when the server has said yes.
//
// What a server sends is bounded in length and in rounds, a SCRAM iteration
// count also in size, before anything is computed from it. No error and no
// member of [Seen] repeats a user name or a secret.
package auth
