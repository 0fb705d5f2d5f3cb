package cli

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/serve"
	"maildoctor/cmd/internal/smoke"
	"maildoctor/probe"
	"maildoctor/probe/budget"
	"maildoctor/probe/redact"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	checkFlags
	listen      []string
	webConfig   string
	hosts       []string
	concurrency int
	queue       int
	interval    time.Duration
}

func serveCommand(s console.Streams) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve FILE",
		Short: "examines mail servers for Prometheus, and says why one fails",
		Long: `serve is an exporter for Prometheus in the manner of the blackbox exporter: each
scrape of /probe?target=NAME examines an endpoint of the smoke file FILE, up to
the login and with what is expected of it, and answers with metrics. The cause
of a failure is a label.

    /probe?target=NAME  examine it; &module=no-login up to the login only;
                        &debug=true the report instead, with the dialogue
    /sd                 the endpoints, for HTTP service discovery
    /metrics            about serve itself
    /                   the last result of each endpoint
    /-/healthy /-/ready /-/reload (POST, or the signal SIGHUP)

A password that was refused is not sent again until it, or the settings, change.
Two scrapes of an endpoint with an account that come within --min-login-interval
share one answer. As many probes as --concurrency run at a time, and as many as
--queue wait; others are answered with 503.

It listens on this computer alone, unless --web.listen-address says otherwise.
TLS and passwords for it: --web.config.file, as with all exporters.`,
		Example: `  maildoctor serve smoke.toml
  maildoctor serve smoke.toml --web.listen-address :9977 --web.config.file web.yml --allowed-host mon.example.com`,
		Args: cmdline.Between(1, 1, "a smoke file; maildoctor init writes one"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.smoke.name = args[0]
			return f.serve(cmd.Context(), s)
		},
	}
	fs := cmd.Flags()
	f.networkFlags.registerOnly(fs, "ipv4", "ipv6", "resolver", "ca-file", "private")
	fs.StringArrayVar(&f.listen, "web.listen-address", []string{"127.0.0.1:9977", "[::1]:9977"}, "listen at `ADDRESS`, once or more often")
	fs.StringVar(&f.webConfig, "web.config.file", "", "TLS and authentication from `FILE`, in the form of all exporters")
	fs.StringSliceVar(&f.hosts, "allowed-host", nil, "answer requests for these names of this computer too: `LIST`; addresses and localhost always are")
	fs.IntVar(&f.concurrency, "concurrency", 50, "run at most `N` probes at a time")
	fs.IntVar(&f.queue, "queue", 200, "let at most `N` further probes wait")
	fs.DurationVar(&f.interval, "min-login-interval", 30*time.Second, "log in at an endpoint at most once in `TIME`")
	fs.StringSliceVar(&f.profileDir, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	return cmd
}

func (f *serveFlags) validate() error {
	switch {
	case f.concurrency < 1, f.queue < 0:
		return fault.Usage("--concurrency %d, --queue %d: expected at least 1 and 0", f.concurrency, f.queue)
	case f.interval < 0:
		return fault.Usage("--min-login-interval %v: expected 0s or more", f.interval)
	}
	return f.networkFlags.validate()
}

// serve is the command.
func (f *serveFlags) serve(ctx context.Context, s console.Streams) error {
	if err := f.validate(); err != nil {
		return err
	}
	f.connect, f.stage, f.run = probe.DefaultConnectTimeout, probe.DefaultStageTimeout, probe.DefaultRunTimeout
	logger := slog.New(slog.NewTextHandler(s.Err, nil))
	logins := budget.New()
	server, err := serve.New(serve.Options{
		Load:  func() (*serve.Config, error) { return f.load(s, logins) },
		Hosts: f.hosts, Concurrency: f.concurrency, Queue: f.queue, Interval: f.interval, Language: s.Language, Log: logger, Authenticated: f.webConfig != "",
	})
	if err != nil {
		return err
	}
	return f.listenAndServe(ctx, server, logger)
}

// listenAndServe answers requests until the context or a signal ends it. Probes that run
// then have a moment to end.
func (f *serveFlags) listenAndServe(ctx context.Context, server *serve.Server, logger *slog.Logger) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	h := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug)}
	ended := make(chan error, 1)
	go func() {
		ended <- web.ListenAndServe(h, &web.FlagConfig{WebListenAddresses: &f.listen, WebSystemdSocket: new(bool), WebConfigFile: &f.webConfig}, logger)
	}()
	for {
		select {
		case err := <-ended:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fault.Usage("%w", err)
		case <-hup:
			if err := server.Reload(); err != nil {
				logger.Error("the configuration was not read again", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
			defer cancel()
			return h.Shutdown(last)
		}
	}
}

// shutdownTime is how long probes may take to end when the exporter ends.
const shutdownTime = 10 * time.Second

// load reads the smoke file, and makes a target of each of its endpoints.
func (f *serveFlags) load(s console.Streams, logins *budget.Budget) (*serve.Config, error) {
	read := *f
	if err := read.readSmoke(nil); err != nil {
		return nil, err
	}
	catalogue, err := loadCatalogue(f.profileDir)
	if err != nil {
		return nil, err
	}
	opt, err := read.options(s, nil)
	if err != nil {
		return nil, err
	}
	opt.Budget, opt.Linked = logins, linked(catalogue)
	c := &serve.Config{Modules: serve.BuiltinModules()}
	for _, e := range read.smoke.chosen {
		t, err := read.target(s, e, catalogue, opt)
		if err != nil {
			return nil, err
		}
		c.Targets = append(c.Targets, t)
	}
	return c, nil
}

// target returns the target of an endpoint of the smoke file.
func (f *serveFlags) target(s console.Streams, e *smoke.Endpoint, catalogue *profiles.Catalogue, opt probe.Options) (*serve.Target, error) {
	one := f.checkFlags
	one.smoke.chosen = []*smoke.Endpoint{e}
	ts, unknown, err := one.examined(nil, catalogue)
	if err != nil {
		return nil, err
	}
	plan, err := one.plan(slices.Clone(ts), nil, unknown, nil)
	if err != nil {
		return nil, err
	}
	if e.Credential != nil {
		if opt.Credentials, err = one.smoke.credentials(context.Background(), s, nil); err != nil {
			return nil, err
		}
	}
	t := &serve.Target{Name: e.Name, Argument: e.Argument, Labels: e.Labels, Account: e.User}
	if t.Name == "" {
		t.Name = e.Argument
	}
	t.Examine = func(ctx context.Context, r serve.Request) (*report.Report, error) {
		o := opt
		o.NoLogin, o.NoFollowUps, o.Transcripts = r.NoLogin, !r.FollowUps, r.Debug
		o.RunTimeout = r.Limit
		o.ConnectTimeout, o.StageTimeout = min(o.ConnectTimeout, r.Limit), min(o.StageTimeout, r.Limit)
		rec, err := examine(context.WithoutCancel(ctx), plan, o, r.Redacted)
		if rec == nil {
			return nil, err
		}
		return f.report(s, rec), nil
	}
	return t, nil
}

// examine carries out a plan, and removes from what was found whatever names an account
// or this machine, if that is wanted.
func examine(ctx context.Context, plan stage.Plan, o probe.Options, redacted bool) (*stage.Record, error) {
	if !redacted {
		return probe.Examine(ctx, plan, o)
	}
	stream, err := probe.Run(ctx, plan, o)
	if stream == nil {
		return nil, err
	}
	redact.InPlace(stream)
	return stage.Fold(stream), err
}
