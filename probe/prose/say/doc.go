// Package say has a function for each sentence of the tables in probe/prose/en,
// with a parameter for each slot in the order in which they stand there. It is made
// by go generate.
package say
