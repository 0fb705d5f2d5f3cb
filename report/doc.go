// Package report arranges what a run found, so that people and programs can read it.
//
// [New] takes a [stage.Record], which is what was seen, and a [diagnose.Diagnosis],
// which is what was concluded from it. It returns a [Report]: the verdict, the
// sentences that explain it, what to do, the settings to type in, and a row for each
// connection. New is pure: it uses no clock and no network, so that a saved run
// gives the same report whenever it is read again.
//
// The package concludes nothing about mail. It decides the verdict, because that
// compares what was requested with what was seen, and it chooses words. The
// sentences are in the tables of probe/prose/en, for all renderers. The page of a
// cause says what it means and what to do about it. [New] is given the language, and
// the report keeps it: renderers use it for their headings, labels and cells. This
// package and those below it contain no text for people. Tests render every run in a
// pseudo-language (probe/prose/prosetest), in which such text would show.
//
// A Report holds text without layout. The packages below this one lay it out: term
// for people at a terminal, markdown for those who read a job's summary or a ticket,
// jsonreport for programs, prometheus for monitoring. Control characters in text from
// a server are made visible when it is recorded, and again by each renderer.
package report
