package stage

import (
	"encoding/json"
	"fmt"
)

// Result is the outcome of one stage of a check.
type Result struct {
	Stage     Stage  `json:"stage"`
	Status    Status `json:"status"`
	Reason    Reason `json:"reason,omitempty"`     // only with Skip
	Time      Millis `json:"ms"`                   // with Skip: how long the stage had been waiting when it was abandoned, or zero
	Fault     Fault  `json:"fault,omitempty"`      // with Fail, and with Warn if there was a fault
	BlockedBy Stage  `json:"blocked_by,omitempty"` // only with Reason Blocked
	Facts     Facts  `json:"facts,omitempty"`
}

// UnmarshalJSON decodes Facts into the type for the stage. Facts of a stage that this
// version doesn't know are dropped.
func (r *Result) UnmarshalJSON(b []byte) error {
	type plain Result
	var in struct {
		*plain
		Facts json.RawMessage `json:"facts"`
	}
	in.plain = (*plain)(r)
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	r.Facts = nil
	if len(in.Facts) == 0 || string(in.Facts) == "null" {
		return nil
	}
	f := newFacts(r.Stage)
	if f == nil {
		return nil
	}
	if err := json.Unmarshal(in.Facts, f); err != nil {
		return fmt.Errorf("facts of stage %s: %w", r.Stage, err)
	}
	r.Facts = f
	return nil
}
