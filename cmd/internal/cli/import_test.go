package cli

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/probe/probetest"
)

const configFile = `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="firm.example"><domain>firm.example</domain><displayName>Firm</displayName>
<incomingServer type="imap"><hostname>imap.firm.example</hostname><port>993</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.firm.example</hostname><port>465</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`

// publisher is a web server of every kind, whose certificate is from the authority in
// the file that it returns.
func publisher(t *testing.T) (base, plain, caFile string) {
	t.Helper()
	ca, err := probetest.NewCA("Test CA")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(probetest.Leaf{Names: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	clear := httptest.NewServer(http.NotFoundHandler())
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/mail/config-v1.1.xml", "/":
			io.WriteString(w, configFile)
		case "/moved":
			http.Redirect(w, r, "/mail/config-v1.1.xml", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/down":
			http.Redirect(w, r, clear.URL, http.StatusFound)
		case "/large.xml":
			fmt.Fprint(w, strings.Repeat(" ", 300<<10))
		case "/page":
			fmt.Fprint(w, "<!DOCTYPE html>\n<html><body>Log in</body></html>")
		case "/slow.xml":
			io.WriteString(w, configFile[:200])
			w.(http.Flusher).Flush()
			<-ended
		default:
			http.NotFound(w, r)
		}
	}))
	s.TLS = probetest.TLS(leaf)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(func() { close(ended); s.Close(); clear.Close() })
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1), clear.URL, caFile
}

// TestImportURL: what is at a URL becomes a profile like a file, and says where it is
// from.
func TestImportURL(t *testing.T) {
	base, _, ca := publisher(t)
	for _, path := range []string{"/mail/config-v1.1.xml", "/mail/config-v1.1.xml?emailaddress=jane%40firm.example", "/moved", "/"} {
		into := filepath.Join(t.TempDir(), "own")
		var sc screen
		run(t, 0, sc.pipe(), "profiles", "import", base+path, "--into", into, "--ca-file", ca, "--allow-private-fetch")
		text, err := os.ReadFile(filepath.Join(into, "firm-example.toml"))
		want := base + strings.TrimSuffix(path, "?emailaddress=jane%40firm.example")
		if path == "/" || path == "/moved" { // the file has no name of its own, so that the provider's id isn't used
			text, err = os.ReadFile(filepath.Join(into, firstFile(t, into)))
		}
		if err != nil || !strings.Contains(string(text), `url = "`+want+`"`) || strings.Contains(string(text), "jane") || !strings.Contains(string(text), `host = "imap.firm.example"`) {
			t.Errorf("%s: %v\n%s\n%s%s", path, err, text, sc.out.String(), sc.err.String())
		}
	}
}

func firstFile(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0].Name()
}

// TestImportHostileURL: whatever a server does, the error names the URL, nothing is
// written, and it ends.
func TestImportHostileURL(t *testing.T) {
	base, plain, ca := publisher(t)
	_, port, _ := strings.Cut(base, "localhost:")
	for _, c := range []struct {
		url   string
		flags []string
		want  string
	}{
		{base + "/large.xml", nil, base + "/large.xml: cannot be fetched: more than 256 KiB came"},
		{base + "/round", nil, base + "/round (-> " + base + "/round): cannot be fetched: redirected more than 5 times"},
		{base + "/down", nil, "cannot be fetched: redirected from HTTPS to HTTP"},
		{base + "/page", nil, base + "/page:1:1: found a web page (HTML), expected the element clientConfig"},
		{base + "/slow.xml", []string{"--timeout", "300ms"}, base + "/slow.xml: cannot be fetched: it was not there within 300ms"},
		{base + "/none.xml", nil, base + "/none.xml: cannot be fetched: found the status 404, expected a file"},
		{base + "/mail/config-v1.1.xml", []string{"--allow-private-fetch=false"}, "its address is not of the public network; if it is meant to be there, --allow-private-fetch"},
		{base + "/mail/config-v1.1.xml", []string{"--ca-file="}, "cannot be fetched: the certificate of localhost: "},
		{"https://name.invalid:" + port + "/x.xml", []string{"--resolver", "127.0.0.1:9"}, "https://name.invalid:" + port + "/x.xml: cannot be fetched: dns-"},
		{plain + "/x.xml", nil, "import " + plain + "/x.xml: expected https"},
		{"ftp://firm.example/x.xml", nil, "found ftp, expected https"},
		{"https://jane:hunter22@firm.example/x.xml", nil, "found a URL with a user name or password in it"},
		{"https://jane:hunter22@[firm/x.xml", nil, "found a URL with a user name or password in it"},
		{"https:///x.xml", nil, "expected a URL such as"},
	} {
		into := filepath.Join(t.TempDir(), "own")
		var sc screen
		args := append([]string{"profiles", "import", c.url, "--into", into, "--ca-file", ca, "--allow-private-fetch"}, c.flags...)
		run(t, 2, sc.pipe(), args...)
		said := sc.out.String() + sc.err.String()
		if !strings.Contains(said, c.want) || strings.Contains(said, "hunter22") {
			t.Errorf("%s: want %s in\n%s", c.url, c.want, said)
		}
		if all, _ := os.ReadDir(into); len(all) > 0 {
			t.Errorf("%s: %v was written", c.url, all)
		}
	}
}

// TestImportByProxy: the proxy of the environment is used, also for what has no address
// here.
func TestImportByProxy(t *testing.T) {
	base, _, ca := publisher(t)
	_, port, _ := strings.Cut(base, "localhost:")
	asked := make(chan string, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	proxy := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	})}
	go proxy.Serve(l)
	defer proxy.Close()
	t.Setenv("HTTPS_PROXY", "http://"+l.Addr().String())
	var sc screen
	run(t, 2, sc.pipe(), "profiles", "import", "https://localhost.invalid:"+port+"/x.xml", "--into", t.TempDir(), "--ca-file", ca, "--resolver", "127.0.0.1:9")
	select {
	case got := <-asked:
		if got != "CONNECT localhost.invalid:"+port {
			t.Error(got)
		}
	default:
		t.Errorf("the proxy was not asked\n%s", sc.err.String())
	}
}
