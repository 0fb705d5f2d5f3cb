// Package probe examines mail endpoints.
//
// [NewPlan] turns targets into a plan, which is pure and can be printed. [Run] carries
// it out: checks run concurrently, each through its stages. Each stage has its own
// limit, and each group of checks has one for all its stages. What happens is emitted
// as one stream of events (package stage) to any number of sinks.
//
// When the checks of a round have ended, the rules of probe/diagnose are asked for open
// questions. Follow-up checks answer them, in at most two rounds. Whatever can be found
// out while a server is silent is found out during the wait, so that silence costs only
// the limit of one stage.
//
// The package guarantees that no credential is sent over unverified TLS. It makes at
// most one refused login per protocol of an account and one more per run; package
// budget extends this to many runs. It neither changes a mailbox nor sends mail, and
// it ends within its limits whatever a server does.
package probe
