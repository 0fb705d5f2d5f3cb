package laboratory

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// saslThatDies replaces Dovecot's SASL service at a port of the loopback interface:
// it sends its mechanisms, and exits at the first request.
func (w *world) saslThatDies(port int) {
	w.t.Helper()
	w.handle(w.server, fmt.Sprintf("127.0.0.1:%d", port), func(c net.Conn) {
		io.WriteString(c, "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00112233445566778899aabbccddeeff\nDONE\n")
		in := bufio.NewReader(c)
		for line := ""; !strings.HasPrefix(line, "AUTH\t"); {
			var err error
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
		}
	})
}

// policy runs a policy service of Postfix's (SMTPD_POLICY_README) on its machine,
// which always gives the same answer. It returns the restriction that asks it.
func (w *world) policy(action string) string {
	w.t.Helper()
	w.handle(w.server, "127.0.0.1:10031", func(c net.Conn) {
		for in := bufio.NewReader(c); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\n" {
				io.WriteString(c, "action="+action+"\n\n")
			}
		}
	})
	return "check_policy_service inet:127.0.0.1:10031"
}

// tokenInfo runs a service on the provider's machine that knows the account of one
// token, and returns its URL, which Dovecot asks.
func (w *world) tokenInfo(token string) string {
	w.t.Helper()
	l := w.server.listen("tcp", "127.0.0.1:8080")
	s := &http.Server{ReadHeaderTimeout: longest, Handler: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.FormValue("access_token") != token {
			out.WriteHeader(http.StatusUnauthorized)
			io.WriteString(out, `{"error":"invalid_token"}`)
			return
		}
		json.NewEncoder(out).Encode(map[string]string{"email": user})
	})}
	w.t.Cleanup(func() { s.Close() })
	go s.Serve(l)
	return "http://127.0.0.1:8080/token?access_token="
}

// jwt returns an access token with these claims (RFC 7519). Its signature is not
// verified here.
func jwt(claims map[string]any) string {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." + part(claims) + "." + base64.RawURLEncoding.EncodeToString([]byte("signature"))
}

// submits runs another mail program of the customer's, which logs in at the
// submission server with implicit TLS and disconnects.
func (w *world) submits() {
	w.t.Helper()
	raw, err := w.client.dial("tcp", smtpIP+":465")
	if err != nil {
		w.t.Fatal(err)
	}
	raw.SetDeadline(time.Now().Add(20 * time.Second))
	c := textproto.NewConn(tls.Client(raw, &tls.Config{RootCAs: w.authority().root.Pool(), ServerName: smtpHost}))
	defer c.Close()
	for _, step := range []struct {
		line string
		code int
	}{{"", 220}, {"EHLO phone", 250}, {"AUTH PLAIN " + plain(), 235}, {"QUIT", 221}} {
		if step.line != "" {
			err = c.PrintfLine("%s", step.line)
		}
		if err == nil {
			_, _, err = c.ReadResponse(step.code)
		}
		if err != nil {
			w.t.Fatalf("%q: %v", step.line, err)
		}
	}
}
