// Package term lays a report out for people at a terminal.
//
// [Render] writes a [report.Report] in the order in which it is read: the verdict,
// what it means, what to do, the settings, how far each connection got, and what
// else is known. No word is cut, such as a name, an address or a URL. No line is
// longer than the requested width, which is at least 40 columns, unless it is a
// single word. Colour is never the only carrier of meaning: every state has a sign,
// and without colour the text is the same.
//
// [Progress] shows the checks of a run while it goes on, and erases itself before
// the report appears.
//
// The terminal is not queried. Colours and width are options, because a terminal
// that doesn't answer would make the program wait.
package term
