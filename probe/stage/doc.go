// Package stage is the vocabulary of maildoctor: what is examined, in which
// stages, what was seen, and how it is written down.
//
// A [Plan] lists checks. A [Check] examines one [Endpoint] and passes through
// stages in the order that [Order] gives. Each [Stage] leaves a [Result]: a
// status, the time taken, the [Fault] if one was met, and typed [Facts].
//
// Everything a run learns is one stream: a [Header], then events, then an
// [End]. The stream is what is saved and what every report is made from.
// [Fold] turns it into a [Record]; the same fold serves a run in progress and a
// file written years ago.
//
// The package holds no behaviour that touches a network, a clock or a terminal,
// and it imports the standard library alone, so that the probes, the rules and
// the renderers can meet here without knowing each other.
package stage
