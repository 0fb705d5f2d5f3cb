// Package queue decides when the checks of a run begin and go on.
//
// A run has so many seats (the limit of checks at a time), and each address takes
// part in so many dialogues at a time ([Dialogues]). Checks wait in lanes, one for
// each host, and the lanes take turns: a host with hundreds of ports doesn't keep
// the others waiting. What waits in a lane is a [Job] and costs no goroutine.
//
// A job that begins has a seat, and a place at each address that it may come to
// talk to: at its host's name while it isn't known where that leads. Nobody has to
// wait for those who get no answer: a lookup or a connection that nobody has
// answered for a moment gives its seat and its places up until somebody does. So a
// run in which every port is dropped ends as soon as one that tries all at once,
// and one in which servers answer never has more connections than it may. The
// moment gets shorter while nobody answers, and is the full one again as soon as
// somebody does. A server that takes a connection and says nothing is waited for
// likewise, by a longer moment.
//
// Who is connected and waits for its turn, or for a password, lends its seat and
// keeps its places.
package queue
