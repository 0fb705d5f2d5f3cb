package term

import (
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// Limits of what is told about the remaining time.
const (
	settled   = 5 * time.Second // before that, nothing is told
	lulls     = 3               // nor before so many could have run in one seat: at first all begin and end together
	fewEnded  = 20              // nor before so many checks, or one of a hundred, have ended
	window    = time.Minute     // the rate is that of the last one
	sampled   = time.Second
	estimated = 3 * time.Second // how often the estimate changes
	durations = 256             // how many checks their mean duration is taken from
)

// pace estimates how long the remaining checks take, from the rate at which they have
// begun and from how long a check has taken of late.
//
// The rate at which they end would be far off where nothing answers: waits for silent
// ports give up their seats (package queue), so that thousands begin within seconds, and
// all end when the time for connecting is up. Where servers answer, as many begin as end.
type pace struct {
	all, begun, ended int
	first, last       time.Duration // when the first and the latest began

	took [durations]time.Duration // by the latest, in a ring
	sum  time.Duration

	samples []sample
	left    time.Duration // the estimate; zero: none
	at      time.Duration // when it was made
}

// sample is how many checks had begun at a time.
type sample struct {
	at    time.Duration
	begun int
}

// begin counts a check that begins.
func (p *pace) begin(at time.Duration) {
	if p.begun == 0 {
		p.first = at
	}
	p.begun++
	p.last = max(p.last, at)
}

// end counts a check that has ended, and was begun at a time.
func (p *pace) end(begun, at time.Duration) {
	slot := &p.took[p.ended%durations]
	p.sum -= *slot
	*slot = max(at-begun, 0)
	p.sum += *slot
	p.ended++
}

// tick makes a new estimate if it is time for one.
func (p *pace) tick(now time.Duration) {
	if n := len(p.samples); n == 0 || now-p.samples[n-1].at >= sampled {
		p.samples = append(p.samples, sample{now, p.begun})
	}
	for len(p.samples) > 2 && now-p.samples[1].at >= window {
		p.samples = p.samples[1:]
	}
	if p.at == 0 || now-p.at >= estimated {
		p.at, p.left = now, p.estimate(now)
	}
}

// estimate returns how long it will take; zero if that can't be told.
func (p *pace) estimate(now time.Duration) time.Duration {
	if p.begun == 0 || now-p.first < settled || p.ended < max(fewEnded, p.all/100) || p.ended >= p.all {
		return 0
	}
	each := p.sum / time.Duration(min(p.ended, durations))
	if p.begun >= p.all {
		return max(p.last+each-now, 0) // later than that, nobody knows what the last ones wait for
	}
	rate := p.rate(now, each)
	if rate <= 0 || now-p.first < lulls*each {
		return 0
	}
	return time.Duration(float64(p.all-p.begun)/rate) + each
}

// rate returns how many checks begin in a nanosecond. In the beginning as many begin at
// once as there are seats, and then none until the first of them have ended: together as
// many as otherwise in the time that one takes, which is each.
func (p *pace) rate(now, each time.Duration) float64 {
	if running := now - p.first; running <= window+each {
		return float64(p.begun) / float64(running+each)
	}
	since := p.samples[0]
	return float64(p.begun-since.begun) / float64(max(now-since.at, 1))
}

// said adds to how many have ended how long the others take, if that is known: in words
// that are no finer than the estimate.
func (p *pace) said(done prose.Value) prose.Value {
	switch left := p.left; {
	case left == 0 || p.ended >= p.all:
		return done
	case left < time.Minute:
		return say.ProgressLeftLittle(done)
	case left < 90*time.Minute:
		return say.ProgressLeftMinutes(done, prose.Count(int(left.Round(time.Minute)/time.Minute)))
	default:
		return say.ProgressLeftHours(done, prose.Count(int(left.Round(time.Hour)/time.Hour)))
	}
}
