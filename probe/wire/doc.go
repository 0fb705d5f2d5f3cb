// Package wire is a connection under limits: every line and every total that a
// server may send is bounded, every wait has an end, and what was said is
// recorded without what must not be shown.
//
// The dialogues of probe/imap, probe/pop3 and probe/smtp speak through a
// [Conn]. They begin each stage with [Conn.Begin], which gives it its time, and
// get every failure as a *stage.Error with the fault named. A library that wants
// a net.Conn gets one that obeys the same limits from [Conn.Library].
//
// From [Conn.Protect] on, lines that repeat a credential are withheld wherever a
// text leaves this package, but for [Line.Raw], which is there to be parsed.
package wire
