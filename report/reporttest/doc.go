// Package reporttest compares reports with the runs that they were made from, for
// tests. [Refuted] reads the words of a report as its reader does, and the record
// stage by stage. It does not use the values by which package remedy decides.
package reporttest
