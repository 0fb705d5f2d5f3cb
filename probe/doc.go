// Package probe examines mail endpoints.
//
// [NewPlan] turns targets into a plan, which is pure and can be printed. [Run]
// carries it out: every check at the same time, each through its stages, each
// stage under its own limit and all under the run's. What happens is emitted as
// one stream of events (package stage), to any number of sinks.
//
// When the checks of a round have ended, the rules of probe/diagnose are asked
// for open questions, and those are carried out as follow-up checks, in two
// rounds at most. What can be known while a server is silent is asked beside the
// waiting for it: silence costs the limit of one stage.
//
// What the package promises: no credential on unverified TLS, at most one
// refused login for each protocol of an account and one more in a run (package
// budget, which keeps the promise over many runs as well), nothing changed or sent
// in anybody's mailbox, and an end within the run's limit whatever a server does.
package probe
