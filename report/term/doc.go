// Package term lays a report out for people at a terminal.
//
// [Render] writes a [report.Report] in the order in which it is read: the
// verdict, what it means, what to do, the settings, how far each connection
// got, and what else is known. No word is cut, be it a name, an address or a URL, and
// no line is longer than the width that is asked for, from 40 columns up, unless a
// single word is.
// Colour helps and carries nothing alone: every state has a sign, and without
// colour the same text appears.
//
// [Progress] shows the checks of a run while it goes on, and wipes itself away
// before the report appears.
//
// Nothing is asked of the terminal: colours and width are options,
// since a terminal that doesn't answer would make the program wait.
package term
