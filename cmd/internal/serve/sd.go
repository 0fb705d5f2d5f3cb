package serve

import (
	"encoding/json"
	"net/http"
)

// group is one element of Prometheus's HTTP service discovery.
type group struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// discover lists the targets. The account is a label by which several instances share
// them out, so that the logins of one account are one instance's.
func (s *Server) discover(w http.ResponseWriter, _ *http.Request) {
	groups := []group{}
	for _, t := range s.config().Targets {
		labels := map[string]string{"__meta_maildoctor_name": t.Name, "__meta_maildoctor_argument": t.Argument}
		if t.Account != "" {
			labels["__meta_maildoctor_account"] = t.Account
		}
		for _, l := range t.Labels {
			labels["__meta_maildoctor_label_"+labelName(l)] = "true"
		}
		groups = append(groups, group{Targets: []string{t.Name}, Labels: labels})
	}
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	if err := e.Encode(groups); err != nil {
		s.Log.Debug("the service discovery was not read", "error", err)
	}
}

// labelName returns a text as a part of the name of a label: letters, digits and
// underscores.
func labelName(s string) string {
	b := []byte(s)
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			b[i] = '_'
		}
	}
	return string(b)
}
