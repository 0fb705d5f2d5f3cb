package serve

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"maildoctor/probe/prose"
)

// Options say what a server does.
type Options struct {
	Load          func() (*Config, error) // reads the configuration
	Hosts         []string                // names by which it may be asked
	Concurrency   int                     // probes at a time
	Queue         int                     // probes that may wait
	Interval      time.Duration           // between two logins at a target: scrapes in between share one answer
	Authenticated bool                    // who reads the pages has said who he is: account names are shown
	Language      *prose.Language
	Log           *slog.Logger
}

// Server is the exporter.
type Server struct {
	Options
	current atomic.Pointer[Config]
	gate    *gate
	results *results
	own     *own
	flights sync.Map // of *sync.Mutex, by target and module
}

// New returns a server with its configuration read. The error says what is wrong with it.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, gate: newGate(o.Concurrency, o.Queue), results: newResults()}
	s.own = newOwn(s)
	return s, s.Reload()
}

func (s *Server) config() *Config { return s.current.Load() }

// Reload reads the configuration again. If it is wrong the old one stays.
func (s *Server) Reload() error {
	c, err := s.Load()
	s.own.reloaded(err == nil, time.Now())
	if err != nil {
		return err
	}
	s.current.Store(c)
	return nil
}

// Handler returns all pages.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /probe", s.probe)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.own.registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("GET /sd", s.discover)
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "healthy") })
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	mux.HandleFunc("POST /-/reload", s.reload)
	mux.HandleFunc("GET /{$}", s.index)
	return ofThisHost(s.Hosts, secured(mux))
}

// secured adds the headers that keep a page from being used by another.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *Server) reload(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reload(); err != nil {
		s.Log.Error("the configuration was not read again", "error", err)
		http.Error(w, "the configuration is wrong; the old one is still in use: see the log", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "reloaded")
}
