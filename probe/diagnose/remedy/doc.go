// Package remedy applies the rule that overrides the pages of all causes: what a run
// has refuted is never advised, and what it has proven comes first.
//
// The pages say what to do about a cause wherever it is found. What an action
// advises is also given as values ([cause.Advice]). [Run.Choose] compares them with
// what the run has tried, at the servers that the finding is about.
package remedy
