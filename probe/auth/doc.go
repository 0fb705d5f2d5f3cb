// Package auth logs in: it keeps passwords ([Secret]), chooses a mechanism from
// those offered ([Choose]), and speaks it ([Client]), on go-sasl's interface.
//
// The framing (base64, tags, reply codes) belongs to the dialogues; what is in
// the messages belongs here.
package auth
