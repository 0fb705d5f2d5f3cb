package question

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

func TestEveryOtherLoginIsRead(t *testing.T) {
	var asked []stage.QuestionID
	for _, q := range loginInquiries {
		asked = append(asked, q.id)
	}
	if !slices.Equal(asked, chart.OtherLogins) {
		t.Errorf("logins that are asked for: %v, read: %v", asked, chart.OtherLogins)
	}
}
