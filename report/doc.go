// Package report arranges what a run found, so that people and programs can
// read it.
//
// In go a [stage.Record], which is what was seen, and a [diagnose.Diagnosis],
// which is what was concluded from it. Out comes a [Report]: the verdict, the
// sentences that explain it, what to do, the settings to type in, and a row for
// each connection. [New] is pure: it looks at no clock and at no network, so
// that a saved run gives the same report whenever it is read again.
//
// The package computes nothing about mail. It decides on the verdict, because
// that weighs what was asked for against what was seen, and it chooses words.
// The sentences stand in the tables of probe/prose/en, whichever renderer shows
// them; what a cause means and what to do about it is said by the cause's own page.
// [New] is told the language, and the report keeps it: renderers put their heads,
// labels and cells into the same one. No text that anybody reads stands in the code
// of this package or of those below it; tests render every run in a pseudo-language
// (probe/prose/prosetest), in which it would show.
//
// A Report holds text without layout. The packages below this one lay it out:
// term for people at a terminal, jsonreport for programs. Text that came from
// a server was made visible when it was recorded; a renderer does so again.
package report
