// Package wire is a connection with limits. Lines and totals that a server may send are
// bounded, every wait has a deadline, and the dialogue is recorded without what must
// not be shown.
//
// The dialogues of probe/imap, probe/pop3 and probe/smtp use a [Conn]. They begin each
// stage with [Conn.Begin], which sets its deadline, and every failure is a *stage.Error
// with its fault. [Conn.Library] returns a net.Conn with the same limits, for a
// library.
//
// After [Conn.Protect], lines that repeat a credential are withheld from all text that
// leaves this package. The exception is [Line.Raw], which is for parsing only.
package wire
