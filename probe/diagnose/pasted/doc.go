// Package pasted reads what people paste: an error message, a page of a log, the body of
// a bounce; as it was on the screen, or as another program has wrapped it.
//
// [Read] undoes the wrapping (escapes of JSON and Python, HTML, percent and
// quoted-printable encoding, character sets that were taken for others), splits the text
// into lines, and lets package reply say which causes they suggest. It is pure.
package pasted
