// Package explain answers what somebody pasted: a message, a log, or words of their own.
// It says which causes it suggests, which lines say so, what to do, and what to run next.
// Nothing is contacted, and nothing secret in the text is repeated.
package explain
