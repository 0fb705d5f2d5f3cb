package export

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/micromdm/plist"
	"github.com/pelletier/go-toml/v2"
	"gopkg.in/ini.v1"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// account is what a program has understood of a file.
type account struct {
	address string
	in, out *Server // nil: none in the file
}

// readers read a form as its program does.
var readers = map[string]func(*testing.T, []byte) account{
	"thunderbird": readThunderbird, "mobileconfig": readMobileconfig, "qr": readQR,
	"msmtp": readMsmtp, "isync": readIsync, "neomutt": readNeomutt, "aerc": readAerc, "himalaya": readHimalaya,
	"env": readDotenv, "gitea": readGitea, "gitlab": readGitLab, "grafana": readGrafana,
	"nextcloud": readNextcloud, "wordpress": readWordPress, "django": readDjango, "nodemailer": readNodemailer,
}

// server makes one of what stands in a file. The port must be there.
func server(t *testing.T, protocol stage.Protocol, host, port string, security stage.Security, user string) *Server {
	t.Helper()
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatalf("no port: %v", err)
	}
	return &Server{Endpoint: stage.Endpoint{Protocol: protocol, Host: host, Port: uint16(n), Security: security}, User: user}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func readThunderbird(t *testing.T, file []byte) account {
	d := must(published.ReadAutoconfig(file))(t)
	a := account{address: testAddress(t)}
	for _, s := range d.Servers {
		s = must(s.At(a.address))(t)
		v := &Server{Endpoint: s.Endpoint, User: s.User, Token: s.Authentication[0].Method == published.OAuth2Token}
		if s.Protocol.Receives() {
			a.in = v
		} else {
			a.out = v
		}
	}
	return a
}

// addresses are those that a test is about, by its name: autoconfig holds none.
var addresses = map[string]string{}

func testAddress(t *testing.T) string { return addresses[t.Name()] }

type applePayload struct {
	PayloadContent []struct {
		EmailAddress, EmailAccountType, PayloadType, PayloadUUID, PayloadIdentifier string

		IncomingMailServerHostName, IncomingMailServerUsername string
		OutgoingMailServerHostName, OutgoingMailServerUsername string
		IncomingMailServerPortNumber                           int
		OutgoingMailServerPortNumber                           int
		IncomingMailServerUseSSL, OutgoingMailServerUseSSL     bool
		IncomingPassword, OutgoingPassword                     *string
	}
	PayloadType, PayloadUUID string
	PayloadVersion           int
}

func readMobileconfig(t *testing.T, file []byte) account {
	var p applePayload
	if err := plist.Unmarshal(file, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.PayloadContent) != 1 || p.PayloadType != "Configuration" || p.PayloadVersion != 1 {
		t.Fatalf("not a profile of one account: %+v", p)
	}
	c := p.PayloadContent[0]
	if c.IncomingPassword != nil || c.OutgoingPassword != nil {
		t.Error("there is a password in it")
	}
	security := map[bool]stage.Security{true: stage.TLS, false: stage.None}
	in := map[string]stage.Protocol{"EmailTypeIMAP": stage.IMAP, "EmailTypePOP": stage.POP3}[c.EmailAccountType]
	return account{
		address: c.EmailAddress,
		in:      server(t, in, c.IncomingMailServerHostName, strconv.Itoa(c.IncomingMailServerPortNumber), security[c.IncomingMailServerUseSSL], c.IncomingMailServerUsername),
		out:     server(t, stage.SMTP, c.OutgoingMailServerHostName, strconv.Itoa(c.OutgoingMailServerPortNumber), security[c.OutgoingMailServerUseSSL], c.OutgoingMailServerUsername),
	}
}

// readPayload reads the JSON of a QR code as the specification has it: what is longer
// than it says is a fault of ours.
func readPayload(t *testing.T, text string) account {
	var root []json.RawMessage
	var misc []int
	var in, out, identity []any
	var group [][][]any
	unmarshal := func(data []byte, v any) {
		t.Helper()
		if err := json.Unmarshal(data, v); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	}
	unmarshal([]byte(text), &root)
	if len(root) != 4 || string(root[0]) != "1" {
		t.Fatalf("not one account of version 1: %s", text)
	}
	unmarshal(root[1], &misc)
	unmarshal(root[2], &in)
	unmarshal(root[3], &group)
	out, identity = group[0][0], group[0][1]
	if misc[0] != 1 || misc[1] != 1 || len(in) != 6 || len(out) != 6 || len(identity) != 2 || out[0] != 0.0 {
		t.Fatalf("not as specified: %s", text)
	}
	read := func(p stage.Protocol, v []any) *Server {
		security := map[any]stage.Security{0.0: stage.None, 2.0: stage.StartTLS, 3.0: stage.TLS}[v[3]]
		s := server(t, p, v[1].(string), strconv.Itoa(int(v[2].(float64))), security, v[5].(string))
		s.Token = v[4] == 6.0
		return s
	}
	return account{
		address: identity[0].(string),
		in:      read([]stage.Protocol{stage.IMAP, stage.POP3}[int(in[0].(float64))], in),
		out:     read(stage.SMTP, out),
	}
}

// fromURL reads a server from a URL whose scheme says how it is encrypted.
func fromURL(t *testing.T, p stage.Protocol, text string, schemes map[string]stage.Security) *Server {
	t.Helper()
	u := must(url.Parse(text))(t)
	security, ok := schemes[u.Scheme]
	if !ok {
		t.Fatalf("%s: no scheme that is known", text)
	}
	user := ""
	if u.User != nil {
		if _, set := u.User.Password(); set {
			t.Errorf("%s: there is a password in it", text)
		}
		user = u.User.Username()
	}
	return server(t, p, u.Hostname(), u.Port(), security, user)
}

// readINI reads one section of a file as Gitea, Grafana and aerc do: by this library.
func readINI(t *testing.T, file []byte, section string) *ini.Section {
	f := must(ini.Load(file))(t)
	return must(f.GetSection(section))(t)
}

func readAerc(t *testing.T, file []byte) account {
	s := readINI(t, file, "q.com")
	schemes := map[string]stage.Security{"imaps": stage.TLS, "imap": stage.StartTLS, "imap+insecure": stage.None, "smtps": stage.TLS, "smtp": stage.StartTLS, "smtp+insecure": stage.None}
	a := account{address: strings.Trim(s.Key("from").String(), "<>")}
	a.in = fromURL(t, stage.IMAP, s.Key("source").String(), schemes)
	if s.HasKey("outgoing") {
		a.out = fromURL(t, stage.SMTP, s.Key("outgoing").String(), schemes)
		if s.HasKey("smtp-starttls") != (a.out.Security == stage.StartTLS) {
			t.Error("smtp-starttls differs from the scheme")
		}
	}
	return a
}

func readGitea(t *testing.T, file []byte) account {
	s := readINI(t, file, "mailer")
	security := map[string]stage.Security{"smtps": stage.TLS, "smtp+starttls": stage.StartTLS, "smtp": stage.None}[s.Key("PROTOCOL").String()]
	return account{s.Key("FROM").String(), nil, server(t, stage.SMTP, s.Key("SMTP_ADDR").String(), s.Key("SMTP_PORT").String(), security, s.Key("USER").String())}
}

func readGrafana(t *testing.T, file []byte) account {
	s := readINI(t, file, "smtp")
	host, port, _ := strings.Cut(s.Key("host").String(), ":")
	security := map[string]stage.Security{"MandatoryStartTLS": stage.StartTLS, "NoStartTLS": stage.None}[s.Key("startTLS_policy").String()]
	if port == "465" {
		security = stage.TLS // pkg/services/notifications: a dialer's SSL is its port
	}
	return account{s.Key("from_address").String(), nil, server(t, stage.SMTP, host, port, security, s.Key("user").String())}
}

type himalayaFile struct {
	Accounts map[string]struct {
		Email   string
		Default bool
		IMAP    himalayaServerFile
		SMTP    *himalayaServerFile
	}
}

type himalayaServerFile struct {
	Server   string
	StartTLS bool
	SASL     struct{ Plain, XOAuth2 *struct{ Username string } }
}

func readHimalaya(t *testing.T, file []byte) account {
	var f himalayaFile
	d := toml.NewDecoder(bytes.NewReader(file)).DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	read := func(p stage.Protocol, v himalayaServerFile) *Server {
		plain := stage.None
		if v.StartTLS {
			plain = stage.StartTLS
		}
		s := fromURL(t, p, v.Server, map[string]stage.Security{string(p) + "s": stage.TLS, string(p): plain})
		if s.Token = v.SASL.XOAuth2 != nil; s.Token {
			s.User = v.SASL.XOAuth2.Username
		} else {
			s.User = v.SASL.Plain.Username
		}
		return s
	}
	one := f.Accounts["q.com"]
	a := account{address: one.Email, in: read(stage.IMAP, one.IMAP)}
	if one.SMTP != nil {
		a.out = read(stage.SMTP, *one.SMTP)
	}
	return a
}
