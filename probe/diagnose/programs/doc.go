// Package programs says which other mail programs, and devices such as scanners and
// printers, would connect to the servers of a run, and why others would not. A
// server may work with one program and not with another for reasons that concern
// only the two.
//
// [Handshakes] lists what has to be tried for that: for each endpoint one handshake
// per distinct ClientHello in the table, none of them with a credential. [Judge]
// interprets them, and what the run itself has seen. Both are pure.
//
// Two tables are kept by date ([Dated]): kinds of programs (kinds.go), and roots
// that older systems lack (roots.go). Each row names its source.
//
// Only what was seen is reported: that encryption begins, or what ended it. Whether
// a program checks certificates at all, what else it can do, and what a server says
// to it afterwards can't be known from here.
package programs
