// Package chart reads what a run has seen. A [Case] is the run, an [Exam] one of
// the plan's own checks with its facts at hand; their methods each read one thing
// out of those facts, such as whether a login was refused, or what the other ports
// of the same host answered. Rules and questions stand on these readings. Nothing
// here concludes anything.
package chart
