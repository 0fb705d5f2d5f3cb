// Package budget keeps wrong logins from locking an account, and two sessions of one
// account from locking each other out (RFC 1939 4: a maildrop is locked while a
// session has it).
//
// In one run an account (package account) has one ticket for each protocol, which
// any login uses up that the server has not said yes to, and the run has one more
// for a single follow-up. A session waits for its turn at the account and protocol
// ([Run.Wait]), takes a ticket before the first byte of a credential
// ([Turn.Take]), says how the login ended ([Turn.Ended]), and gives the turn up
// after its goodbye ([Turn.Done]).
//
// A [Budget] may serve many runs, one after the other or at the same time, for
// years:
//
//	b := budget.New()
//	for range time.Tick(5 * time.Minute) {
//		probe.Run(ctx, plan, probe.Options{Budget: b, Credentials: credentials})
//	}
//
// What it remembers from run to run is what was refused ([Budget.Remembered]):
//
//   - A login that was refused is not tried again until the password is another
//     one, or the settings of the one who asks have changed ([Try]), or somebody asks
//     for it ([Budget.Forget]). That others ask for the same account, under another
//     name of its server, is no change. After eight passwords refused in a row, such
//     as tokens that are new each time, somebody has to ask.
//   - A login that came to no answer, or that the server put off, is tried again
//     after a pause, which doubles each time from five minutes to a day.
//   - A login that succeeded clears the account for its protocol.
//
// What it remembers of a password is a keyed digest, under a random key of its own
// that is written nowhere. How much it remembers is bounded.
package budget
