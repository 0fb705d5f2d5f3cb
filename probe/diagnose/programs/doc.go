// Package programs says which other mail programs, and which devices such as scanners
// and printers, would connect to the servers of a run, and why others would not: it
// works in one program and not in another for reasons that lie between that program
// and the server.
//
// [Handshakes] lists what has to be tried for that: as many handshakes for each
// endpoint as there are different ClientHellos in the table, none of them with a
// credential. [Judge] reads them, and what the run itself has seen. Both are pure.
//
// Two tables are kept by date ([Dated]): kinds of programs (kinds.go), and roots that
// older systems lack (roots.go). Each row says where that stands.
//
// What is said is what was seen: that encryption begins, or what ended it. Whether a
// program checks certificates at all, what else it can do, and what a server says to
// it afterwards is not known from here.
package programs
