package report

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Expectation is what came of one thing that a smoke file expects of an endpoint.
type Expectation struct {
	stage.Expectation
	Check    string // Check.ID
	Place    string // the endpoint as a URL, "smtps://smtp2.example.com:465"
	Outcome  ExpectationOutcome
	Expected string   // in words, "at least 14"
	Seen     string   // in words, "5"; empty: nothing was
	Why      string   // with ExpectationNotJudged: why this machine can't tell
	Cause    cause.ID // the finding that explains it; empty: none
	At       int      // the line of the plan's file where the endpoint is, from 1
	said     prose.Value
}

// ExpectationOutcome is what came of an expectation.
type ExpectationOutcome string

const (
	ExpectationMet       ExpectationOutcome = "met"
	ExpectationUnmet     ExpectationOutcome = "unmet"
	ExpectationNotJudged ExpectationOutcome = "not-judged" // this machine can't tell; see Expectation.Why
)
