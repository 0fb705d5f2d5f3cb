package laboratory

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"maildoctor/probe/diagnose/cause"
)

// TestSweep checks that a killed laboratory leaves nothing once it has been swept.
func TestSweep(t *testing.T) {
	need(t, "ip")
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	pid := gone.Process.Pid // no longer in use
	h := &host{t, prefix(pid) + "1c"}
	netns.Lock()
	batch(t, nil, []string{"netns add " + h.name})
	netns.Unlock()
	h.etc("hosts", "")
	write(t, filepath.Join(places(pid), "file"), "")
	sleeper := h.command("sh", "-c", "echo there; exec sleep 100")
	out, err := sleeper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	sweep(pid)
	if err := sleeper.Wait(); err == nil {
		t.Error("the program in the namespace was not killed")
	}
	for _, path := range []string{places(pid), filepath.Join(namespaces, h.name), filepath.Join("/etc/netns", h.name)} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there", path)
		}
	}
}

func TestJudge(t *testing.T) {
	fails := func(c cause.ID, by cause.ID) finding {
		return finding{Cause: c, Severity: "fail", SuppressedBy: string(by)}
	}
	info := finding{Cause: cause.PasswordInClear, Severity: "info"}
	tests := []struct {
		name string
		s    scenario
		d    document
		want outcome
	}{
		{"nothing wrong, nothing found", scenario{}, document{Verdict: "works"}, ok},
		{"nothing wrong, a remark", scenario{}, document{Verdict: "works", Findings: []finding{info}}, ok},
		{"nothing wrong, a failure", scenario{}, document{Verdict: "does-not-work", Findings: []finding{fails(cause.PortFiltered, "")}}, falseAlarm},
		{"nothing wrong, one explained", scenario{}, document{Verdict: "works", Findings: []finding{info, fails(cause.PortFiltered, cause.PasswordInClear)}}, falseAlarm},
		{"nothing wrong, could not tell", scenario{}, document{Verdict: "unknown"}, off},
		{"the cause leads", scenario{cause: cause.CertExpired}, document{Findings: []finding{fails(cause.CertExpired, ""), fails(cause.PortFiltered, "")}}, ok},
		{"behind one that is explained", scenario{cause: cause.CertExpired}, document{Findings: []finding{fails(cause.PortFiltered, cause.CertExpired), fails(cause.CertExpired, "")}}, ok},
		{"another leads", scenario{cause: cause.CertExpired}, document{Findings: []finding{fails(cause.PortFiltered, ""), fails(cause.CertExpired, "")}}, off},
		{"one that may lead", scenario{cause: cause.CertExpired, also: []cause.ID{cause.PortFiltered}}, document{Findings: []finding{fails(cause.PortFiltered, "")}}, ok},
		{"nothing found", scenario{cause: cause.CertExpired}, document{Verdict: "works"}, missing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := result{scenario: tt.s}
			if r.judge(tt.d); r.outcome != tt.want {
				t.Errorf("%s, want %s", r.outcome, tt.want)
			}
		})
	}
}
