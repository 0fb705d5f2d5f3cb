package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// refused returns the report of a connection to a port of this machine that nobody
// listens at.
func refused(t *testing.T) *report.Report {
	t.Helper()
	e := stage.Endpoint{Protocol: stage.IMAP, Host: "127.0.0.1", Port: 1, Security: stage.TLS}
	plan := probe.NewPlan([]probe.Target{{Subject: stage.Subject{Argument: "imaps://127.0.0.1:1"}, Endpoints: []probe.PlannedEndpoint{{Endpoint: e}}}}, nil)
	rec, err := probe.Examine(t.Context(), plan, probe.Options{NoFollowUps: true, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

// server returns a server with these targets, each of which examine answers for.
func server(t *testing.T, o Options, targets ...*Target) *Server {
	t.Helper()
	o.Language, o.Log = prose.English(), slog.New(slog.DiscardHandler)
	o.Concurrency = max(o.Concurrency, 1)
	if o.Load == nil {
		o.Load = func() (*Config, error) {
			return &Config{Targets: targets, Modules: BuiltinModules()}, nil
		}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func answering(r *report.Report) func(context.Context, Request) (*report.Report, error) {
	return func(context.Context, Request) (*report.Report, error) { return r, nil }
}

func get(s *Server, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if h := r.Header.Get("Host"); h != "" {
		r.Host = h
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestProbe(t *testing.T) {
	s := server(t, Options{}, &Target{Name: "gone", Argument: "imaps://127.0.0.1:1", Labels: []string{"a b"}, Examine: answering(refused(t))})
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/probe":                             {400, "expected ?target=NAME"},
		"/probe?target=other":                {403, "no target of that name"},
		"/probe?target=gone&module=other":    {400, "no module of that name"},
		"/probe?target=gone":                 {200, "maildoctor_probe_success 0"},
		"/probe?profile=gone":                {200, `cause="service-not-listening"`},
		"/probe?target=IMAPS://127.0.0.1:1":  {200, "maildoctor_probe_shared 0"},
		"/probe?target=gone&module=no-login": {200, "maildoctor_endpoint_verdict"},
		"/probe?target=gone&debug=true":      {200, "DOES NOT WORK"},
		"/sd":                                {200, `"__meta_maildoctor_label_a_b":"true"`},
		"/-/healthy":                         {200, "healthy"},
		"/-/ready":                           {200, "ready"},
		"/":                                  {200, "does-not-work"},
		"/metrics":                           {200, `maildoctor_probes_total{verdict="does-not-work"}`},
		"/-/reload":                          {405, ""},
		"/other":                             {404, ""},
	} {
		w := get(s, path)
		if path == "/" || path == "/metrics" {
			get(s, "/probe?target=gone")
			w = get(s, path)
		}
		if w.Code != want.code || !strings.Contains(w.Body.String(), want.text) {
			t.Errorf("%s: %d %s, want %d %s", path, w.Code, w.Body, want.code, want.text)
		}
	}
}

// What a scrape gets is what Prometheus's own parser reads, and OpenMetrics where asked.
func TestFormats(t *testing.T) {
	s := server(t, Options{}, &Target{Name: "gone", Examine: answering(refused(t))})
	for _, path := range []string{"/probe?target=gone", "/metrics"} {
		parser := expfmt.NewTextParser(model.UTF8Validation)
		if _, err := parser.TextToMetricFamilies(get(s, path).Body); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		w := get(s, path, "Accept", "application/openmetrics-text; version=1.0.0")
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(w.Body.String(), "# EOF\n") {
			t.Errorf("%s: %s", path, w.Header())
		}
	}
}

// As many probes as are allowed to run and wait do so, and another is refused at once.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &report.Report{Verdict: report.Works, Language: prose.English()}
		slow := func(context.Context, Request) (*report.Report, error) {
			time.Sleep(time.Second)
			return r, nil
		}
		var targets []*Target
		for _, name := range []string{"a", "b", "c"} {
			targets = append(targets, &Target{Name: name, Examine: slow})
		}
		s := server(t, Options{Concurrency: 1, Queue: 1}, targets...)
		codes := make(map[string]int)
		var mu sync.Mutex
		var all sync.WaitGroup
		for i, target := range targets {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				w := get(s, "/probe?target="+target.Name)
				mu.Lock()
				codes[target.Name] = w.Code
				mu.Unlock()
				if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
					t.Error("expected to be told when to try again")
				}
			})
		}
		all.Wait()
		if codes["a"] != 200 || codes["b"] != 200 || codes["c"] != 503 {
			t.Errorf("%v", codes)
		}
		if body := get(s, "/metrics").Body.String(); !strings.Contains(body, "maildoctor_probes_refused_total 1") || !strings.Contains(body, "maildoctor_probes_running 0") {
			t.Error(body)
		}
	})
}

// Two Prometheus servers that scrape the same account cause one login.
func TestSharedLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		examine := func(context.Context, Request) (*report.Report, error) {
			logins++
			return &report.Report{Verdict: report.Works, Language: prose.English()}, nil
		}
		s := server(t, Options{Interval: 30 * time.Second}, &Target{Name: "inbox", Account: "jane", Examine: examine}, &Target{Name: "open", Examine: examine})
		for _, path := range []string{"/probe?target=inbox", "/probe?target=inbox", "/probe?target=inbox&module=default"} {
			get(s, path)
		}
		if logins != 1 {
			t.Errorf("%d logins, want one", logins)
		}
		if body := get(s, "/probe?target=inbox").Body.String(); !strings.Contains(body, "maildoctor_probe_shared 1") {
			t.Error(body)
		}
		get(s, "/probe?target=inbox&module=no-login")
		get(s, "/probe?target=inbox&module=no-login")
		get(s, "/probe?target=open")
		get(s, "/probe?target=open")
		if logins != 5 {
			t.Errorf("%d probes: those without a login are not shared", logins)
		}
		time.Sleep(31 * time.Second)
		get(s, "/probe?target=inbox")
		if logins != 6 {
			t.Errorf("%d probes: expected another after the interval", logins)
		}
	})
}

func TestTimeout(t *testing.T) {
	for _, tt := range []struct {
		header string
		module time.Duration
		want   time.Duration
	}{
		{"", 0, 15 * time.Second},
		{"10", 0, 9500 * time.Millisecond},
		{"10", 5 * time.Second, 5 * time.Second},
		{"0.6", 0, 300 * time.Millisecond},
		{"100000", 0, 2*time.Minute - 500*time.Millisecond},
		{"-1", 0, 15 * time.Second},
		{"NaN", 0, 15 * time.Second},
		{"many", 0, 15 * time.Second},
	} {
		if got := timeout(tt.header, Module{Timeout: tt.module}); got != tt.want {
			t.Errorf("%q, %v: %v, want %v", tt.header, tt.module, got, tt.want)
		}
	}
}

// A name that leads here from a web page is no way in.
func TestHosts(t *testing.T) {
	s := server(t, Options{Hosts: []string{"mon.example.com"}})
	for host, code := range map[string]int{
		"localhost": 200, "localhost:9977": 200, "127.0.0.1:9977": 200, "[::1]:9977": 200, "192.0.2.1": 200, "mon.example.com:80": 200, "MON.example.com": 200,
		"evil.example": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403,
	} {
		if w := get(s, "/-/healthy", "Host", host); w.Code != code {
			t.Errorf("%s: %d, want %d", host, w.Code, code)
		}
	}
}

// A wrong configuration changes nothing, and is told.
func TestReload(t *testing.T) {
	var wrong error
	c := &Config{Targets: []*Target{{Name: "a"}}}
	s := server(t, Options{Load: func() (*Config, error) { return c, wrong }})
	reload := func() int {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/-/reload", nil)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w.Code
	}
	wrong = errors.New("line 3: expected a name")
	if code := reload(); code != 500 || s.config().find("a") == nil {
		t.Errorf("%d, %v", code, s.config().Targets)
	}
	if body := get(s, "/metrics").Body.String(); !strings.Contains(body, "maildoctor_config_last_reload_successful 0") {
		t.Error(body)
	}
	wrong, c = nil, &Config{Targets: []*Target{{Name: "b"}}}
	if code := reload(); code != 200 || s.config().find("b") == nil {
		t.Errorf("%d, %v", code, s.config().Targets)
	}
}

// Names can't become markup.
func TestHostilePage(t *testing.T) {
	s := server(t, Options{}, &Target{Name: `<script>alert("x")</script>`, Examine: answering(refused(t))})
	get(s, "/probe?target=%3Cscript%3Ealert(%22x%22)%3C/script%3E")
	w := get(s, "/")
	if strings.Contains(w.Body.String(), "<script") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s\n%s", w.Header(), w.Body)
	}
	io.Discard.Write(w.Body.Bytes())
}
