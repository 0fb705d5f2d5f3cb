// Package diagnose says why. It takes what a run has seen, a [stage.Record], and
// returns findings: causes held to be true, each with its evidence, how sure it
// is, and whom it concerns. [Diagnose] is a pure function: it touches no
// network, no clock and no file, and "now" is the start of the run. So a saved
// run can be diagnosed again, years later and better.
//
// Knowledge is kept as data. A [Rule] says what must have been seen for a cause
// to be considered, judges one check at a time, and lists the causes that follow
// from its own. The rules stand in one table a topic. What servers say when they
// refuse is classified by the table in replies.go. The words live in pages, one
// Markdown file a cause, with named slots for what differs from case to case.
//
// Four promises:
//
//   - Never silence: a failed stage that no rule explains still yields a finding,
//     the nearest general cause, as possible.
//   - Never more than was seen: where a fault fits several causes, all are offered
//     as possible and none as proven.
//   - What follows from another finding is kept and marked with the real reason,
//     through the whole chain.
//   - The same record gives the same findings in the same order.
//
// Where a further probe would tell two causes apart, [Diagnosis.Questions] asks
// for it. The answer is another check in the record, and Diagnose is asked again.
package diagnose
