package nagios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/points"
)

// datum is a piece of performance data. Bounds are ranges outside of which there is an
// alert, in the unit of the value: "20" is 0 to 20, "14:" at least 14.
type datum struct {
	label, value, unit        string
	warn, crit, least, utmost string
}

func (d datum) String() string {
	out := fmt.Sprintf("'%s'=%s%s;%s;%s;%s;%s", label(d.label), d.value, d.unit, d.warn, d.crit, d.least, d.utmost)
	return strings.TrimRight(out, ";")
}

// label returns a label for quotation marks, which are doubled in it. "=" is allowed by
// the guidelines, but not by all who read them; "|" would end the data.
func label(s string) string {
	s = strings.NewReplacer("|", "_", "=", "_", "'", "''").Replace(points.OneLine(s))
	return cmp.Or(s, "_")
}

// performance returns the data of the run and of each endpoint in plan order, as far as
// there is room. What was not seen is left out.
func performance(r *report.Report, all []points.Point) string {
	n := points.Count(all)
	total := strconv.Itoa(len(all))
	count := func(name string, s points.State, warn, crit string) datum {
		return datum{name, strconv.Itoa(n[s]), "", warn, crit, "0", total}
	}
	data := []datum{
		{"time", seconds(r.Time.Duration()), "s", "", "", "0", ""},
		count("passed", points.Passed, "", ""),
		count("warned", points.Warned, "0", ""),
		count("failed", points.Failed, "", "0"),
		count("open", points.Open, "", ""),
		count("not_judged", points.Unjudged, "", ""),
	}
	limits := limitsOf(r)
	for i := range r.Checks {
		if c := &r.Checks[i]; !c.Check.FollowUp() {
			data = append(data, ofCheck(r, c, limits[c.Check.ID])...)
		}
	}
	var b strings.Builder
	for _, d := range data {
		s := d.String()
		if b.Len()+len(s) > maxPerformance {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}

// ofCheck returns the data of an endpoint.
func ofCheck(r *report.Report, c *stage.CheckRecord, l limits) []datum {
	var out []datum
	if c.Failed() == nil && c.Time > 0 {
		warn, crit := l.of(stage.ExpectReady)
		out = append(out, datum{c.Check.ID, seconds(c.Time.Duration()), "s", milliseconds(warn), milliseconds(crit), "0", ""})
	}
	if f, ok := facts[*stage.TLSFacts](c, stage.Handshake); ok && len(f.Chain) > 0 {
		warn, crit := l.of(stage.ExpectCertificateDays)
		if warn == "" {
			warn = strconv.Itoa(warningDays(r, f.Chain[0]))
		}
		out = append(out, datum{c.Check.ID + "_certificate_days", strconv.Itoa(daysLeft(r, f.Chain)), "", atLeast(warn), atLeast(cmp.Or(crit, "0")), "", ""})
	}
	if f, ok := facts[*stage.MailboxFacts](c, stage.Mailbox); ok && f.QuotaUsed != nil && f.QuotaLimit != nil && *f.QuotaLimit > 0 {
		warn, crit := l.of(stage.ExpectQuota)
		used := strconv.FormatFloat(100*float64(*f.QuotaUsed)/float64(*f.QuotaLimit), 'f', 1, 64)
		out = append(out, datum{c.Check.ID + "_quota", used, "%", warn, crit, "0", "100"})
	}
	return out
}

// facts returns what a stage has seen.
func facts[F stage.Facts](c *stage.CheckRecord, s stage.Stage) (f F, ok bool) {
	if r := c.Result(s); r != nil {
		f, ok = r.Facts.(F)
	}
	return f, ok
}

// daysLeft returns the whole days until the first certificate of a chain expires;
// negative if one has expired.
func daysLeft(r *report.Report, chain []stage.Certificate) int {
	first := slices.MinFunc(chain, func(a, b stage.Certificate) int { return a.NotAfter.Compare(b.NotAfter) })
	left := first.NotAfter.Sub(r.Started)
	days := int(left / (24 * time.Hour))
	if left < 0 {
		days--
	}
	return days
}

// warningDays returns below how many days a run warns: what --certificate-days says or,
// without it, at most a third of the certificate's lifetime.
func warningDays(r *report.Report, c stage.Certificate) int {
	days := r.Options.CertificateDays
	if slices.ContainsFunc(r.Options.Flags, func(f stage.Flag) bool { return f.Name == "--certificate-days" }) {
		return days
	}
	return min(days, int(c.NotAfter.Sub(c.NotBefore)/3/(24*time.Hour)))
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// limits are the figures that a smoke file expects of an endpoint, by severity.
type limits map[stage.ExpectationID]map[stage.ExpectationSeverity]string

// of returns the figures that cause a warning and a failure; empty: there is none.
func (l limits) of(id stage.ExpectationID) (warn, crit string) {
	return l[id][stage.ExpectWarn], l[id][stage.ExpectFail]
}

// limitsOf returns the limits of each endpoint, by Check.ID.
func limitsOf(r *report.Report) map[string]limits {
	out := make(map[string]limits)
	for _, e := range r.Expectations {
		if len(e.Want) != 1 {
			continue
		}
		if _, err := strconv.ParseFloat(e.Want[0], 64); err != nil {
			continue
		}
		if out[e.Check] == nil {
			out[e.Check] = make(limits)
		}
		if out[e.Check][e.ID] == nil {
			out[e.Check][e.ID] = make(map[stage.ExpectationSeverity]string)
		}
		out[e.Check][e.ID][e.Severity] = e.Want[0]
	}
	return out
}

// atLeast returns the range from a figure upwards.
func atLeast(figure string) string {
	if figure == "" {
		return ""
	}
	return figure + ":"
}

// milliseconds returns milliseconds as seconds.
func milliseconds(figure string) string {
	ms, err := strconv.ParseFloat(figure, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(ms/1000, 'f', 3, 64)
}
