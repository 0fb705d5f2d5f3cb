// Package stage is the vocabulary of maildoctor: what is examined, in which stages,
// what was observed, and how it is recorded.
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
// The package never touches a network, a clock or a terminal, and imports only the
// standard library. Probes, rules and renderers can therefore share it without
// depending on each other.
package stage
