// Package remedy holds the rule that stands above the pages of all causes: what a run
// has refuted is never advised, and what it has proven comes first.
//
// The pages say what to do about a cause wherever it is found. What an action advises
// stands beside its words as values ([cause.Advice]); [Choose] holds them against what
// the run has tried, at the servers that the finding is about.
package remedy
