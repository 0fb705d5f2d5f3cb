// Package cause defines the causes of mail problems: their ids ([ID]), severity and
// confidence of a finding, who can do something about it, and the page of each
// cause, one Markdown file below pages/.
//
// What a page advises is given as values besides its words: an [Action] has an id, a
// kind, and what it advises. On a page they are in brackets before the actor:
//
//   - [use-tls-port: change-settings tls-port] You: use SSL/TLS on {tls_port}.
//   - [reload-mail-service: repair {place}] The operator: reload the mail service at {place}.
//   - [wait-an-hour: wait 1h] You: try again in an hour.
//
// An id has the same meaning on all pages. Repeated actions are found by their ids
// and by the slots in the brackets, which say what the action is about. Adjacent
// lines with one id are wordings of one action, for what a run may have tried.
package cause
