// Package chart interprets what a run observed. A [Case] is the run, an [Exam] one
// of the plan's own checks with its facts. Each method answers one question from
// those facts, such as whether a login was refused, or what the other ports of the
// same host answered. Rules and questions build on these answers. Nothing here draws
// conclusions.
package chart
