// Package question defines the further probes that tell causes apart. For each
// question it says when it is raised, which follow-up checks would answer it, how it
// is worded, and what the answer was. The words are values of package prose, with
// sentences in questions.txt and answers.txt there. [Open] returns the unanswered
// questions of a run.
package question
