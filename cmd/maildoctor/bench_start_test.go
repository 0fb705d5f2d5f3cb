package main

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkStart runs the program for a short command as often as for the shortest, which
// shows its help, and compares their times: what explain takes besides is reading its
// tables and finding the cause.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "maildoctor")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	run := func(args ...string) time.Duration {
		begin := time.Now()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(begin)
	}
	for name, text := range map[string]string{
		"message":  "535 5.7.8 Error: authentication failed",
		"provider": "535 5.7.8 Username and Password not accepted. https://support.google.com/mail/?p=BadCredentials",
	} {
		b.Run(name, func(b *testing.B) {
			var help, explain time.Duration
			for b.Loop() {
				help += run("--help")
				explain += run("explain", "--", text)
			}
			b.ReportMetric(float64(explain)/float64(help), "help-ratio")
		})
	}
}
