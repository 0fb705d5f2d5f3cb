// Package diagnose says why. It takes what a run has seen, a [stage.Record], and
// returns findings: causes held to be true, each with its evidence, how sure it
// is, and whom it concerns. [Diagnose] is a pure function: it touches no
// network, no clock and no file, and "now" is the start of the run. So a saved
// run can be diagnosed again, years later and better.
//
// Five promises:
//
//   - Never silence: a failed stage that no rule explains still yields a finding,
//     the nearest general cause, as possible.
//   - Never more than was seen: where a fault fits several causes, all are offered
//     as possible and none as proven.
//   - What follows from another finding is kept and marked with the real reason,
//     through the whole chain.
//   - The same record gives the same findings in the same order.
//   - What the run has refuted is not advised, and what it has proven comes first,
//     whatever a page says: package remedy.
//
// # Where things go
//
// A cause: its id in cause/cause.go, its page in cause/pages/ID.md. Tests name
// what is missing. Something new that a page can advise: cause/actionline.go, and how
// it is held against a run in remedy/seen.go.
//
// A rule: rules_TOPIC.go here, a row in the table of its topic (see [Rule]). It
// fills the slots of its page by (*Hit).with; a slot is a row in cause/slots.go.
//
// The words of evidence: a sentence in prose/en/evidence_TOPIC.txt, then go generate.
//
// A note of a provider's page: its id in stage/note.go, and in the manual of
// profiles.
//
// The reading of a fact, which several rules or questions share: package chart.
//
// A server's or a program's words: a row in package reply (servers.go,
// programs.go).
//
// What other mail programs would meet at the same servers: package programs. Nothing of
// it is concluded here.
//
// A question, which a further probe answers: package question. The answer is
// another check in the record, and Diagnose is asked again.
package diagnose
