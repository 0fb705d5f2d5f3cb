// Package strict reads TOML files that people write, and finds everything that is wrong
// with one at once: each [Problem] has file, line and column, what was found, and what
// was expected.
//
// [New] takes the text, [Document.Parse] makes a [Table] of it, and a [Section] reads a
// table key by key; keys that nobody asks for are unknown ones. [Document.Check] comes
// last. [Document.Problems] returns what was found, in the order of the text.
package strict
