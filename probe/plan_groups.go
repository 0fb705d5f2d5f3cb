package probe

import (
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// groupChecks puts checks that share a host or an account, as far as the plan shows,
// into one group. A run draws its conclusions for each group separately. Groups are
// numbered in the order of their first checks.
func groupChecks(p stage.Plan) {
	into := make([]int, len(p.Checks)) // an earlier check in the same group, or the check itself
	first := make(map[any]int)
	book := account.NewBook(p)
	for i := range p.Checks {
		into[i] = i
		for _, key := range inCommon(p.Checks[i], book) {
			if o, ok := first[key]; ok {
				join(into, i, o)
			} else {
				first[key] = i
			}
		}
	}
	groups := 0
	for i := range p.Checks {
		switch root := rootOf(into, i); {
		case root == i:
			p.Checks[i].Group = groups
			groups++
		default:
			p.Checks[i].Group = p.Checks[root].Group
		}
	}
}

// inCommon returns the keys by which a check is grouped with others: its command-line
// argument, its host, and its account as far as it is known without an address.
func inCommon(c stage.Check, book *account.Book) []any {
	keys := []any{c.Subject, strings.ToLower(c.Endpoint.Host)}
	for _, k := range book.Login(c, nil).Keys() {
		keys = append(keys, k)
	}
	return keys
}

// join merges two groups under the earlier of their first checks.
func join(into []int, a, b int) {
	a, b = rootOf(into, a), rootOf(into, b)
	into[max(a, b)] = min(a, b)
}

func rootOf(into []int, i int) int {
	for into[i] != i {
		into[i] = into[into[i]]
		i = into[i]
	}
	return i
}
