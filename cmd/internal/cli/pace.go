package cli

import (
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/queue"
)

// paceFlags say how much is tested at a time, how politely, and how often.
type paceFlags struct {
	parallel   int
	perAddress int
	spacing    time.Duration
	retries    int
	retryWait  time.Duration
}

// The limits of the flags, and the wait before another try.
const (
	mostRetries  = 10
	usualWait    = 5 * time.Second
	mostDialogue = 64 // with one address
)

// usualPace is the pace where there are no flags for it.
var usualPace = paceFlags{parallel: probe.DefaultParallel, perAddress: queue.Dialogues}

func (f *paceFlags) register(fs *pflag.FlagSet) {
	fs.IntVar(&f.parallel, "parallel", probe.DefaultParallel, "test at most this many `ENDPOINTS` at a time")
	fs.IntVar(&f.perAddress, "per-address", queue.Dialogues, "open at most this many `CONNECTIONS` at a time to one address; fewer where a server says that they are too many")
	fs.DurationVar(&f.spacing, "spacing", 0, "leave at least this `TIME` between the beginnings of two connections to one address")
	fs.IntVar(&f.retries, "retries", 0, "test an endpoint that fails up to this many more `TIMES`, at most "+strconv.Itoa(mostRetries)+"; a refused login is never repeated")
	fs.DurationVar(&f.retryWait, "retry-wait", usualWait, "wait for this `TIME` before each of --retries")
}

func (f *paceFlags) validate() error {
	switch {
	case f.parallel < 1:
		return fault.Usage("--parallel %d: expected 1 or more", f.parallel)
	case f.perAddress < 1, f.perAddress > mostDialogue:
		return fault.Usage("--per-address %d: expected 1 to %d", f.perAddress, mostDialogue)
	case f.spacing < 0:
		return fault.Usage("--spacing %s: expected 0s or more", f.spacing)
	case f.retries < 0, f.retries > mostRetries:
		return fault.Usage("--retries %d: expected 0 to %d", f.retries, mostRetries)
	case f.retryWait < 0:
		return fault.Usage("--retry-wait %s: expected 0s or more", f.retryWait)
	}
	return nil
}

// apply adds them to the runner's options.
func (f *paceFlags) apply(o *probe.Options) {
	o.Parallel, o.PerAddress, o.Spacing, o.Retries, o.RetryWait = f.parallel, f.perAddress, f.spacing, f.retries, f.retryWait
}
