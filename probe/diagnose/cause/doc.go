// Package cause holds the causes of mail that does not work: their ids ([ID]), how
// bad and how sure a finding is, who can do something about it, and the page of
// each cause, one Markdown file below pages/.
//
// What a page says to do has values beside its words: an [Action] has an id, a kind,
// and what it advises. On a page they stand in brackets before who acts:
//
//   - [use-tls-port: change-settings tls-port] You: use SSL/TLS on {tls_port}.
//   - [reload-mail-service: repair {place}] The operator: reload the mail service at {place}.
//   - [wait-an-hour: wait 1h] You: try again in an hour.
//
// An id means one thing, on all pages: that is how repeats are found, together with the
// slots in the brackets, which say what it is about. Lines of one id, one below the
// other, word one action for what a run may have tried.
package cause
