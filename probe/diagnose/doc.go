// Package diagnose finds out why mail doesn't work. It takes the observations of a
// run, a [stage.Record], and returns findings. A finding is a cause held to be true,
// with its evidence, its confidence, and whom it concerns. [Diagnose] is a pure
// function: it uses no network, no clock and no file, and "now" is the start of the
// run. A saved run can therefore be diagnosed again, years later, by a better
// version.
//
// It makes five promises:
//
//   - It is never silent: a failed stage that no rule explains still yields a finding,
//     the nearest general cause, as possible.
//   - It never claims more than was seen: if a fault fits several causes, all are given
//     as possible and none as proven.
//   - A finding that follows from another is kept and marked with the root cause,
//     through the whole chain.
//   - The same record gives the same findings in the same order.
//   - What the run has refuted is not advised, and what it has proven comes first,
//     whatever a page says; see package remedy.
//
// # Where things go
//
// A cause: its id in cause/cause.go, its page in cause/pages/ID.md. Tests name what
// is missing. A new kind of advice: cause/actionline.go, and its comparison with a
// run in remedy/seen.go.
//
// A rule: rules_TOPIC.go here, a row in the table of its topic (see [Rule]). It
// fills the slots of its page by (*Hit).with; a slot is a row in cause/slots.go.
//
// The words of evidence: a sentence in prose/en/evidence_TOPIC.txt, then go
// generate.
//
// A note from a provider's page: its id in stage/note.go, and in the manual of
// profiles.
//
// An interpretation of facts that several rules or questions share: package chart.
//
// The wording of a server or program: a row in package reply (servers.go,
// programs.go).
//
// What other mail programs would meet at the same servers: package programs. It adds
// no findings.
//
// A question that a further probe answers: package question. The answer is another
// check in the record, and Diagnose is called again.
package diagnose
