package probe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"

	"maildoctor/probe/stage"
)

// errTunnelled ends the request after the proxy's response to CONNECT.
var errTunnelled = errors.New("the proxy has answered")

// tunnel asks an HTTP proxy for a connection to a mail server (RFC 9110 9.3.6). It
// doesn't use the connection.
func (l *lone) tunnel(ctx context.Context) (stage.Facts, error) {
	facts := &stage.FetchFacts{URL: stage.Visible(l.check.URL)}
	err := l.askProxy(ctx, facts)
	if err != nil {
		facts.Error = stage.Visible(err.Error())
	}
	return facts, err
}

// askProxy sends CONNECT and records the status of the response.
func (l *lone) askProxy(ctx context.Context, facts *stage.FetchFacts) error {
	proxy, err := url.Parse(l.check.URL)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+l.check.Endpoint.Address()+"/", nil)
	if err != nil {
		return err
	}
	conn, err := l.dialHost(ctx, hostPort(proxy), facts)
	if err != nil {
		return err
	}
	defer conn.Close()
	var status atomic.Int64
	client := clientOn(conn, proxy)
	client.Transport.(*http.Transport).OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		status.Store(int64(resp.StatusCode)) // possibly after Do has returned
		return errTunnelled
	}
	resp, err := client.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	facts.Status = int(status.Load())
	if errors.Is(err, errTunnelled) {
		return nil
	}
	return err
}
