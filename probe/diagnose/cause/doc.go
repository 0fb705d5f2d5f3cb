// Package cause holds the causes of mail that does not work: their ids ([ID]), how
// bad and how sure a finding is, who can do something about it, and the page of
// each cause, one Markdown file below pages/.
package cause
