package account

// Groups returns which logins belong to one account: those with the same number, which
// is the index of the first of them. A login without a user name is on its own.
func Groups(logins []Login) []int {
	group := make([]int, len(logins))
	root := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	first := make(map[Key]int)
	for i, l := range logins {
		group[i] = i
		for _, k := range l.Keys() {
			j, ok := first[k]
			if !ok {
				first[k] = i
				continue
			}
			a, b := root(i), root(j)
			group[max(a, b)] = min(a, b)
		}
	}
	for i := range group {
		group[i] = root(i)
	}
	return group
}
