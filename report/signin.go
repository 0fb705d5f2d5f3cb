package report

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// signsIn says how the outgoing server accepted a login; nothing if none was seen.
// same is set if an incoming server accepted the same name and password, or the same
// token.
func signsIn(rec *stage.Record, w weighed, own []*stage.CheckRecord) (same bool, how prose.Value) {
	var in, out []login
	for _, c := range own {
		for _, l := range loginsOf(rec, w, c) {
			if c.Check.Endpoint.Protocol.Receives() {
				in = append(in, l)
			} else {
				out = append(out, l)
			}
		}
	}
	switch {
	case len(out) == 0:
		return false, how
	case len(in) == 0 || in[0] != out[0]:
		if out[0].token {
			return false, say.ShownSignIn()
		}
		return false, say.SettingsSignsIn()
	case out[0].token:
		return true, say.SettingsSameWay()
	}
	return true, say.SettingsSameSignIn()
}

// login is a login that a server accepted.
type login struct {
	user  string
	token bool // instead of a password
}

// loginsOf returns the accepted login of a check, or that of the way round it.
func loginsOf(rec *stage.Record, w weighed, c *stage.CheckRecord) []login {
	k := c
	if v := w.ways[c.Check.ID]; v.LoggedIn && rec.Check(v.Shown) != nil {
		k = rec.Check(v.Shown)
	}
	r := k.Result(stage.Login)
	if r == nil || r.Status != stage.Pass {
		return nil
	}
	f := stage.FactsOf[*stage.LoginFacts](k)
	return []login{{tested(rec, c, true).User, f != nil && chart.TakesToken(f.Mechanism)}}
}
