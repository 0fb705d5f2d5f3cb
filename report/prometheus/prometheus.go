// Package prometheus writes a report as metrics for Prometheus: in the text format, for
// the textfile collector of its node exporter.
//
// All metrics are in one table, [Names] lists them. They are gauges whose names begin
// with maildoctor_, in base units: seconds, bytes, seconds since 1970. What a run has
// not seen is absent, and never 0 or NaN. A metric of an endpoint has the labels
//
//	check     its id in the run, "imap-993", which no other endpoint of the run has
//	name      what a smoke file calls it; absent without one
//	protocol  imap, pop3, smtp
//	host      as in the settings
//	port
//	security  tls, starttls, starttls-if-offered, none
//
// Labels for what was concluded have the values of closed lists: verdicts, stages, and
// the ids of causes, which maildoctor explain lists. Nothing that a server has written
// becomes a label, and neither does a user name.
package prometheus

import (
	"io"
	"iter"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Render writes the report in the text format. No option has an effect. It returns
// write errors of w.
func Render(w io.Writer, r *report.Report, _ report.Options) error {
	e := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for f := range Families(r) {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// Families returns the metrics of a report, in the order of their names. Those of which
// nothing was seen are left out. Each is made when it is asked for: those of thousands of
// endpoints take much memory.
func Families(r *report.Report) iter.Seq[*dto.MetricFamily] {
	all := endpoints(r)
	table := slices.SortedFunc(slices.Values(metrics), func(a, b metric) int { return strings.Compare(a.name, b.name) })
	return func(yield func(*dto.MetricFamily) bool) {
		for _, m := range table {
			if f := m.of(r, all); len(f.Metric) > 0 && !yield(f) {
				return
			}
		}
	}
}

// Gauge returns a metric beside those of a report, with one value and without labels.
// The name is without its prefix.
func Gauge(l *prose.Language, name string, help prose.Value, value float64) *dto.MetricFamily {
	f := newFamily(l, metric{name: name, help: help})
	f.add(value)
	return f.MetricFamily
}

// of returns the metric's values.
func (m metric) of(r *report.Report, all []endpoint) *dto.MetricFamily {
	f := newFamily(r.Language, m)
	switch {
	case m.run != nil:
		m.run(r, f.add)
	case m.endpoint != nil:
		for i := range all {
			e := &all[i]
			m.endpoint(e, func(value float64, labels ...string) { f.add(value, append(e.labels(), labels...)...) })
		}
	}
	return f.MetricFamily
}

// Names returns the names of all metrics.
func Names() []string {
	var out []string
	for _, m := range metrics {
		out = append(out, prefix+m.name)
	}
	return out
}

// prefix begins every name.
const prefix = "maildoctor_"

// family is a metric that is being filled.
type family struct {
	*dto.MetricFamily
	labels []string
	known  map[string]*dto.Metric // by the values of the labels
}

func newFamily(l *prose.Language, m metric) *family {
	f := &family{
		MetricFamily: &dto.MetricFamily{Name: new(prefix + m.name), Help: new(l.Sentence(m.help)), Type: dto.MetricType_GAUGE.Enum()},
		labels:       m.labels, known: make(map[string]*dto.Metric),
	}
	if m.endpoint != nil {
		f.labels = append(slices.Clip(endpointLabels), m.labels...)
	}
	return f
}

// add adds a value, with the values of the labels in their order. A label without a
// value is left out, which means the same to Prometheus. Of two values for the same
// labels the lesser counts: unmet, not met.
func (f *family) add(value float64, labels ...string) {
	m := &dto.Metric{Gauge: &dto.Gauge{Value: &value}}
	for i, v := range labels {
		if v = clean(v); v != "" {
			m.Label = append(m.Label, &dto.LabelPair{Name: &f.labels[i], Value: &v})
		}
	}
	key := strings.Join(labels, "\x00")
	if other, ok := f.known[key]; ok {
		*other.Gauge.Value = min(*other.Gauge.Value, value)
		return
	}
	f.known[key] = m
	f.Metric = append(f.Metric, m)
}

// clean makes text a label's value: valid UTF-8 without control characters.
func clean(s string) string { return strings.ToValidUTF8(stage.Visible(s), "\uFFFD") }
