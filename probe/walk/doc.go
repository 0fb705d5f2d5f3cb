// Package walk visits many things, such as the servers of a whole catalogue, in a way
// that is bounded, polite and can be gone on with.
//
// [Visit] does at most so many items at a time. Items in the same lane, such as those
// of one provider, are visited one after the other with a pause in between. What came
// of an item is appended to a [Journal] as soon as it is known: one JSON value per
// line. A walk that was interrupted is gone on with by opening the same journal again:
// what is in it isn't visited any more.
//
// A journal belongs to the list of items that it was made for. Its first line says
// which, and another list's journal is refused.
package walk
