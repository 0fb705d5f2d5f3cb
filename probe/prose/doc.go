// Package prose puts what maildoctor has to say into words. What is said is a
// [Value]: a sentence of the tables below en/ with values in its slots, a list, a
// time, a size, or data that nobody translates (names, addresses, what a server
// wrote). A [Language] turns values into text; nothing else composes sentences.
//
// The tables en/*.txt hold a sentence a line, "id = text". Package say has a
// function for each, made by go generate, so that a sentence or a slot which does
// not exist does not compile. The pages of causes (probe/diagnose/cause/pages) are
// written in the same syntax, see [Parse]. A translator takes these two.
//
// Package prosetest has a pseudo-language, in which sentences and data are marked, for
// tests that look for words which come from neither.
//
// Sentences are written in the form in which they go on after a colon: without a
// capital, unless the first word always has one, and without a full stop at the
// end. [Language.Sentence] makes whole sentences of them.
package prose

//go:generate go run ./internal/gen
