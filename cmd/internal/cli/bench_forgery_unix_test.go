//go:build unix

package cli

import (
	"flag"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

var forgedSize = flag.Float64("forged", 1, "size of forged files in BenchmarkForgery: a part of the largest")

// BenchmarkForgery reads forged files with n and with twice as many of a thing.
// Watch the ratio of CPU time: about two, unless the file is refused (exit code 2).
func BenchmarkForgery(b *testing.B) {
	for _, f := range forgeries {
		b.Run(strings.ReplaceAll(f.name, " ", "-"), func(b *testing.B) {
			most := int(float64(f.most) * *forgedSize)
			half, whole := f.file(b, most/2), f.file(b, most)
			for _, r := range replays {
				b.Run(r.name, func(b *testing.B) {
					for b.Loop() {
						first, _ := reading(b, r.args(b, half))
						second, code := reading(b, r.args(b, whole))
						b.ReportMetric(float64(second)/float64(first), "ratio")
						b.ReportMetric(second.Seconds(), "cpu-s")
						b.ReportMetric(float64(code), "exit")
					}
				})
			}
		})
	}
}

// reading runs a command line and returns the CPU time used.
func reading(b *testing.B, args []string) (time.Duration, int) {
	b.Helper()
	var s screen
	st := s.pipe()
	st.Out = io.Discard
	before := processorTime(b)
	code := Main(args, st)
	return processorTime(b) - before, code
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
