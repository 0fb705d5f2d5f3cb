// Package queue schedules the checks of a run.
//
// A run has a number of seats (the limit of checks at a time), and each address has a
// number of places for concurrent dialogues ([Dialogues]). Checks wait in lanes, one
// per host, and the lanes take turns, so that a host with hundreds of ports doesn't
// delay the others. A waiting check is a [Job] and needs no goroutine.
//
// A job that starts has a seat, and a place at each address that it may connect to.
// While the addresses are unknown, it has a place at the host name instead. A lookup or
// connection attempt that gets no answer for a short time gives up its seat and places
// until it does. A run in which every port drops packets therefore ends as early as if
// all were dialled at once. A run in which servers answer never exceeds its limits.
//
// The short time shrinks while nobody answers, and is reset as soon as somebody does.
// The same applies, with a longer time, to a server that accepts a connection and sends
// nothing.
//
// A job that is connected and waits for its turn, or for a password, lends its seat and
// keeps its places.
package queue
