package queue

import "slices"

// list is a line in which the first to come is the first to go. The zero value is
// empty.
type list[T any] struct {
	items []T
	gone  int // at the front of items
}

func (l *list[T]) len() int { return len(l.items) - l.gone }

func (l *list[T]) push(v T) { l.items = append(l.items, v) }

// unpop puts one at the head of the line.
func (l *list[T]) unpop(v T) {
	if l.gone == 0 {
		l.items = slices.Insert(l.items, 0, v)
		return
	}
	l.gone--
	l.items[l.gone] = v
}

// first returns the next to go; there must be one.
func (l *list[T]) first() T { return l.items[l.gone] }

// pop takes out the next to go; there must be one.
func (l *list[T]) pop() T {
	v := l.first()
	var none T
	l.items[l.gone] = none // what has gone is let go of
	l.gone++
	if l.gone >= 32 && l.gone > len(l.items)/2 || l.gone == len(l.items) {
		l.items = slices.Delete(l.items, 0, l.gone)
		l.gone = 0
	}
	return v
}
