// Package question knows the further probes that tell causes apart. Each question
// says when it is raised, which follow-up checks would answer it, how it reads as
// a sentence, and what the answer was. [Open] returns those of a run that nobody has
// answered yet.
package question
