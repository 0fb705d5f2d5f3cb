package probetest

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Issuers is a web server with the certificates of authorities, for the caIssuers URL
// of a leaf (RFC 5280 4.2.2.1).
type Issuers struct {
	server  *http.Server
	base    string
	running sync.WaitGroup

	mu    sync.Mutex
	certs map[string][]byte // DER by path
	asked int
}

// StartIssuers starts a server on 127.0.0.1 and a free port.
func StartIssuers() (*Issuers, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i := &Issuers{base: "http://" + ln.Addr().String(), certs: map[string][]byte{}}
	i.server = &http.Server{Handler: i, ReadHeaderTimeout: 10 * time.Second}
	i.running.Go(func() { i.server.Serve(ln) })
	return i, nil
}

// URL returns the URL of ca's certificate, for [Leaf].AIA.
func (i *Issuers) URL(ca *CA) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	path := fmt.Sprintf("/%x.der", ca.Certificate.SerialNumber)
	i.certs[path] = ca.Certificate.Raw
	return i.base + path
}

// Base returns the URL to which paths are appended: "http://127.0.0.1:port".
func (i *Issuers) Base() string { return i.base }

// Asked returns the number of requests.
func (i *Issuers) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// ServeHTTP sends a certificate in DER.
func (i *Issuers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.asked++
	der := i.certs[r.URL.Path]
	i.mu.Unlock()
	if der == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-cert") // RFC 2585 4
	w.Write(der)
}

// Close stops the server and closes its connections.
func (i *Issuers) Close() {
	i.server.Close()
	i.running.Wait()
}
