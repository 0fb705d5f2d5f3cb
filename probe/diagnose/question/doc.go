// Package question knows the further probes that tell causes apart. Each question
// says when it is raised, which follow-up checks would answer it, how it reads, and
// what the answer was: values of package prose, whose sentences stand in
// questions.txt and answers.txt there. [Open] returns those of a run that nobody has
// answered yet.
package question
