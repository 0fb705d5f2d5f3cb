package probe

import (
	"cmp"
	"strconv"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// groupChecks puts those checks of a plan into one group that share a host or an
// account, as far as the plan tells: a run concludes for each group by itself. Groups
// have numbers in the order of their first checks.
func groupChecks(p stage.Plan) {
	into := make([]int, len(p.Checks)) // an earlier check of the same group, or itself
	first := make(map[string]int)
	for i := range p.Checks {
		into[i] = i
		for _, key := range inCommon(p, p.Checks[i]) {
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

// inCommon names what puts a check into the group of another that has it too: its
// argument on the command line, its host, and its account. The same user name is one
// account at the servers of one profile, and of one registered domain.
func inCommon(p stage.Plan, c stage.Check) []string {
	host, subject := strings.ToLower(c.Endpoint.Host), p.Subjects[c.Subject]
	keys := []string{"subject " + strconv.Itoa(c.Subject), "host " + host}
	user := cmp.Or(c.User, subject.User)
	if user == "" {
		return keys
	}
	if subject.Profile != nil {
		keys = append(keys, "profile "+subject.Profile.ID+" "+user)
	}
	if domain := account.Domain(host); domain != "" {
		keys = append(keys, "domain "+domain+" "+user)
	}
	return keys
}

// join makes one group of two, under the earlier one of their first checks.
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
