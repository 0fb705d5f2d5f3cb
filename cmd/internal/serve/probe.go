package serve

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
	families "maildoctor/report/prometheus"
)

// Limits of a probe.
const (
	usualTimeout = 15 * time.Second       // where the scrape names none
	mostTimeout  = 2 * time.Minute        // whatever it names
	leeway       = 500 * time.Millisecond // of the scrape's time, for the answer
)

// timeout returns how long a probe may take: what the scrape allows, less the time for
// the answer, and at most what the module allows.
func timeout(header string, m Module) time.Duration {
	limit := usualTimeout
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds > 0 {
		limit = min(time.Duration(seconds*float64(time.Second)), mostTimeout)
		limit = max(limit-leeway, limit/2)
	}
	if m.Timeout > 0 {
		limit = min(limit, m.Timeout)
	}
	return limit
}

// probe examines the target that a request names, and answers with metrics or, for
// debugging, with the report.
func (s *Server) probe(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c := s.config()
	name := q.Get("target")
	if name == "" {
		name = q.Get("profile")
	}
	t := c.find(name)
	module := q.Get("module")
	if module == "" {
		module = DefaultModule
	}
	m, ok := c.Modules[module]
	switch {
	case name == "":
		http.Error(w, "expected ?target=NAME: "+r.Host+"/sd lists them", http.StatusBadRequest)
		return
	case t == nil:
		http.Error(w, "no target of that name is configured", http.StatusForbidden)
		return
	case !ok:
		http.Error(w, "no module of that name is configured", http.StatusBadRequest)
		return
	}
	debug, _ := strconv.ParseBool(q.Get("debug"))
	limit := timeout(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds"), m)
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	res, shared, err := s.examine(ctx, t, Request{Module: m, Limit: limit, Debug: debug, Redacted: debug && !s.Authenticated})
	switch {
	case errors.Is(err, errBusy):
		s.own.refused.Inc()
		w.Header().Set("Retry-After", "5")
		http.Error(w, "as many probes run and wait as are allowed to: see --concurrency and --queue", http.StatusServiceUnavailable)
	case err != nil:
		s.Log.Error("a probe failed", "target", t.Name, "error", err)
		http.Error(w, "the probe failed: see the log", http.StatusServiceUnavailable)
	case debug:
		s.debug(w, res)
	default:
		s.answer(w, r, res, shared)
	}
}

// examine returns the result of a target: that of a login less than the interval ago, or
// of a probe that runs now. Scrapes of the same target wait for each other. Somebody who
// debugs wants to see what is so now, and is not told about an earlier login.
func (s *Server) examine(ctx context.Context, t *Target, r Request) (res *result, shared bool, err error) {
	flight, _ := s.flights.LoadOrStore(key(t.Name, r.Name), new(sync.Mutex))
	mu := flight.(*sync.Mutex)
	mu.Lock()
	defer mu.Unlock()
	if old := s.results.of(t.Name, r.Name); old != nil && !r.Debug && old.target.Account == t.Account && t.Account != "" && !r.NoLogin && time.Since(old.at) < s.Interval {
		s.own.shared.Inc()
		return old, true, nil
	}
	if err := s.gate.enter(ctx); err != nil {
		return nil, false, errors.Join(errBusy, err)
	}
	defer s.gate.leave()
	begin := time.Now()
	rep, err := t.Examine(ctx, r)
	if err != nil {
		return nil, false, err
	}
	res = &result{target: t, module: r.Name, at: time.Now(), took: time.Since(begin), report: rep}
	s.results.add(res)
	s.own.observe(res)
	return res, false, nil
}

// answer writes the metrics of a result, in the format that the scrape asks for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, res *result, shared bool) {
	gather := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return s.families(res, shared), nil })
	promhttp.HandlerFor(gather, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP(w, r)
}

// families returns the metrics of a result: those of a report, and those of the probe.
func (s *Server) families(res *result, shared bool) (out []*dto.MetricFamily) {
	for f := range families.Families(res.report) {
		out = append(out, f)
	}
	gauge := func(name string, help prose.Value, value float64) {
		out = append(out, families.Gauge(s.Language, name, help, value))
	}
	gauge("probe_success", say.MetricProbeSuccess(), families.Truth(res.report.Verdict == report.Works || res.report.Verdict == report.WorksWithWarnings))
	gauge("probe_duration_seconds", say.MetricProbeTook(), res.took.Seconds())
	gauge("probe_deadline_exceeded", say.MetricProbeDeadline(), families.Truth(res.report.Ended == stage.RanOutOfTime))
	gauge("probe_shared", say.MetricProbeShared(), families.Truth(shared))
	return out
}
