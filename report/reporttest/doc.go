// Package reporttest holds reports against the runs that they were made of, for
// tests. [Refuted] reads the words of a report as its reader does, and the record
// stage by stage: it knows nothing of the values by which package remedy decides.
package reporttest
