// Package budget keeps failed logins from locking an account, and two sessions of one
// account from locking each other out (RFC 1939 4: a maildrop is locked while a session
// is open).
//
// In one run an account (package account) has one ticket per protocol. Any login that
// the server does not accept uses it up. The run has one additional ticket for a single
// follow-up. A session waits for its turn at the account and protocol ([Run.Wait]) and
// takes a ticket before it sends the first byte of a credential ([Turn.Take]). It
// reports the outcome of the login ([Turn.Ended]), and gives up the turn when the
// session is over ([Turn.Done]).
//
// A [Budget] may serve many runs, consecutive or concurrent, for years:
//
//	b := budget.New()
//	for range time.Tick(5 * time.Minute) {
//		probe.Run(ctx, plan, probe.Options{Budget: b, Credentials: credentials})
//	}
//
// From run to run it remembers the logins that were not accepted ([Budget.Remembered]):
//
//   - A refused login is not tried again until the password changes, the settings of
//     the asker change ([Try]), or the user asks for it ([Budget.Forget]). Another asker
//     for the same account, under another name of its server, is not a change. After
//     eight refused passwords in a row, such as tokens that are new each time, only the
//     user can allow another try.
//   - A login without a result, or with a temporary refusal, is tried again after a
//     pause, which doubles each time from five minutes to a day.
//   - A successful login clears the account for its protocol.
//
// Of a password it stores only a keyed digest. The key is random and never written
// anywhere. How much it remembers is limited.
package budget
