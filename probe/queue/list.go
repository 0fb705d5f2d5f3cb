package queue

import "slices"

// list is a FIFO queue. The zero value is empty.
type list[T any] struct {
	items []T
	gone  int // number of removed elements at the front of items
}

func (l *list[T]) len() int { return len(l.items) - l.gone }

func (l *list[T]) push(v T) { l.items = append(l.items, v) }

// unpop inserts v at the front.
func (l *list[T]) unpop(v T) {
	if l.gone == 0 {
		l.items = slices.Insert(l.items, 0, v)
		return
	}
	l.gone--
	l.items[l.gone] = v
}

// first returns the front element. The list must not be empty.
func (l *list[T]) first() T { return l.items[l.gone] }

// pop removes and returns the front element. The list must not be empty.
func (l *list[T]) pop() T {
	v := l.first()
	var none T
	l.items[l.gone] = none // release it for garbage collection
	l.gone++
	if l.gone >= 32 && l.gone > len(l.items)/2 || l.gone == len(l.items) {
		l.items = slices.Delete(l.items, 0, l.gone)
		l.gone = 0
	}
	return v
}
