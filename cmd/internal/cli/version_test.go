package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionLine(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	revision := setting("vcs.revision", "462669c1d2e3f4a5b6c7d8e9f00112233445566a")
	when := setting("vcs.time", "2026-11-30T23:30:00Z")
	for _, tt := range []struct {
		info     *debug.BuildInfo
		id, line string
	}{
		{nil, "", "1.2.3, commit unknown"},
		{&debug.BuildInfo{}, "", "1.2.3, commit unknown"},
		{&debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.modified", "true")}}, "", "1.2.3, commit unknown"},
		{&debug.BuildInfo{Settings: []debug.BuildSetting{revision, when, setting("vcs.modified", "false")}}, "462669c1d2e3", "1.2.3, commit 462669c1d2e3, 2026-11-30"},
		{&debug.BuildInfo{Settings: []debug.BuildSetting{revision, when, setting("vcs.modified", "true")}}, "462669c1d2e3+modified", "1.2.3, commit 462669c1d2e3+modified, 2026-11-30"},
		{&debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "abc"), when}}, "abc", "1.2.3, commit abc, 2026-11-30"},
	} {
		b := buildOf(tt.info)
		if b.id() != tt.id || b.line("1.2.3") != tt.line {
			t.Errorf("%v: %q, %q; want %q, %q", tt.info, b.id(), b.line("1.2.3"), tt.id, tt.line)
		}
	}
}
