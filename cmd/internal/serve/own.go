package serve

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// own are the metrics about the exporter and its probes so far.
type own struct {
	registry *prometheus.Registry
	probes   *prometheus.CounterVec
	refused  prometheus.Counter
	shared   prometheus.Counter
	duration *prometheus.HistogramVec
	stages   *prometheus.HistogramVec
	reloads  prometheus.Gauge
	reloadAt prometheus.Gauge
}

// Parameters of native histograms: each bucket is at most a tenth wider than the one
// before it.
const (
	nativeFactor  = 1.1
	nativeBuckets = 100
)

func newOwn(s *Server) *own {
	help := func(v prose.Value) string { return s.Language.Sentence(v) }
	histogram := func(name string, said prose.Value, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name, Help: help(said), Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
			NativeHistogramBucketFactor: nativeFactor, NativeHistogramMaxBucketNumber: nativeBuckets, NativeHistogramMinResetDuration: time.Hour,
		}, labels)
	}
	o := &own{
		registry: prometheus.NewRegistry(),
		probes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "maildoctor_probes_total", Help: help(say.MetricProbes())}, []string{"verdict"}),
		refused:  prometheus.NewCounter(prometheus.CounterOpts{Name: "maildoctor_probes_refused_total", Help: help(say.MetricProbesRefused())}),
		shared:   prometheus.NewCounter(prometheus.CounterOpts{Name: "maildoctor_probes_shared_total", Help: help(say.MetricProbesShared())}),
		duration: histogram("maildoctor_probe_duration_histogram_seconds", say.MetricProbeDuration()),
		stages:   histogram("maildoctor_stage_duration_histogram_seconds", say.MetricStageDuration(), "protocol", "stage"),
		reloads:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "maildoctor_config_last_reload_successful", Help: help(say.MetricReload())}),
		reloadAt: prometheus.NewGauge(prometheus.GaugeOpts{Name: "maildoctor_config_last_reload_success_timestamp_seconds", Help: help(say.MetricReloadAt())}),
	}
	gauge := func(name string, said prose.Value, value func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help(said)}, func() float64 { return float64(value()) })
	}
	o.registry.MustRegister(
		o.probes, o.refused, o.shared, o.duration, o.stages, o.reloads, o.reloadAt,
		gauge("maildoctor_probes_running", say.MetricProbesRunning(), s.gate.running),
		gauge("maildoctor_probes_waiting", say.MetricProbesWaiting(), func() int { return int(s.gate.waiting.Load()) }),
		gauge("maildoctor_targets", say.MetricTargets(), func() int {
			if c := s.config(); c != nil {
				return len(c.Targets)
			}
			return 0
		}),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	for _, v := range []report.Verdict{report.Works, report.WorksWithWarnings, report.DoesNotWork, report.Unknown} {
		o.probes.WithLabelValues(string(v)) // 0 until the first: a rate needs it
	}
	return o
}

func (o *own) reloaded(ok bool, at time.Time) {
	if !ok {
		o.reloads.Set(0)
		return
	}
	o.reloads.Set(1)
	o.reloadAt.Set(float64(at.Unix()))
}

// observe adds a result.
func (o *own) observe(r *result) {
	o.probes.WithLabelValues(string(r.report.Verdict)).Inc()
	o.duration.WithLabelValues().Observe(r.took.Seconds())
	planned := make(map[string]bool) // follow-ups are no monitoring
	for _, o := range r.report.Outcomes {
		planned[o.Check] = true
	}
	for i := range r.report.Checks {
		c := &r.report.Checks[i]
		if !planned[c.Check.ID] {
			continue
		}
		for j := range c.Results {
			if res := &c.Results[j]; res.Status != stage.Skip {
				o.stages.WithLabelValues(string(c.Check.Endpoint.Protocol), string(res.Stage)).Observe(res.Time.Duration().Seconds())
			}
		}
	}
}
