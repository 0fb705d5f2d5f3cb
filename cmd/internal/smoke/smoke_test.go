package smoke

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"maildoctor/probe/stage"
	"maildoctor/profiles/strict"
)

var update = flag.Bool("update", false, "write the wanted files")

// secret is what stands where a password must not be, in files of testdata.
const secret = "Kq7vZx9wTm2jXrHp"

// repeats returns a part of the secret that is in a text.
func repeats(text string) string {
	for i := range len(secret) - 3 {
		if part := secret[i : i+4]; strings.Contains(text, part) {
			return part
		}
	}
	return ""
}

func files(t testing.TB, pattern string, least int) []string {
	t.Helper()
	all, err := filepath.Glob(pattern)
	if err != nil || len(all) < least {
		t.Fatalf("%s: %d files, %v", pattern, len(all), err)
	}
	return all
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestInvalid: each wrong file reports what its neighbour *.want says, line and column
// included, and repeats no password.
func TestInvalid(t *testing.T) {
	for _, name := range files(t, "testdata/invalid/*.toml", 70) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			_, err := Parse(filepath.Base(name), read(t, name))
			if _, ok := errors.AsType[*strict.Error](err); !ok {
				t.Fatalf("got %v (%T), want a *strict.Error", err, err)
			}
			if part := repeats(err.Error()); part != "" {
				t.Errorf("%q of a password is repeated: %v", part, err)
			}
			wanted := strings.TrimSuffix(name, ".toml") + ".want"
			if *update {
				if err := os.WriteFile(wanted, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(read(t, wanted)), err.Error()+"\n"); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestValid(t *testing.T) {
	for _, name := range files(t, "testdata/valid/*.toml", 3) {
		if _, err := Load(name); err != nil {
			t.Error(err)
		}
	}
}

// TestValues: values are kept in the form that judges expect, with the line of each, and
// defaults apply where they can.
func TestValues(t *testing.T) {
	f, err := Load("testdata/valid/whole.toml")
	if err != nil {
		t.Fatal(err)
	}
	imap := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.com", Port: 993, Security: stage.TLS}
	smtp := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.com", Port: 587, Security: stage.StartTLS}
	clear := stage.Endpoint{Protocol: stage.POP3, Host: "pop.example.com", Port: 110, Security: stage.None}
	for i, tt := range []struct {
		endpoint int
		server   stage.Endpoint
		want     string
	}{
		{0, imap, `reachable[both]4 security[tls]5? tls-min[1.2]6 certificate-days[30]42 certificate-names[mail.example.com *.example.com 192.0.2.7]8 certificate-issuer[Example CA]9 certificate-key-bits[2048]10 mechanisms-offered[PLAIN SCRAM-SHA-256]13 mechanisms-absent[LOGIN]14 capabilities[IDLE SASL PLAIN]15 login[true]16 login-refuses-wrong-password[true]17 quota-below[90]20 greeting-within[2000]22 ready-within[62000]23 discovery-agrees[srv mx tlsa]24 cause-absent[cert-expired]25`},
		{1, smtp, `reachable[both]4 security[tls]5? tls-min[1.2]6 certificate-days[14]7 certificate-names[mail.example.com *.example.com 192.0.2.7]8 certificate-issuer[Example CA]9 certificate-key-bits[2048]10 starttls-offered[false]49 login-needs-tls[true]12 mechanisms-offered[PLAIN SCRAM-SHA-256]13 mechanisms-absent[LOGIN]14 capabilities[IDLE SASL PLAIN]15 login[true]16 login-refuses-wrong-password[true]17 sender-accepted[true]48 size-at-least[1000]47 no-open-relay[true]21 greeting-within[2000]22 ready-within[62000]23 discovery-agrees[srv mx tlsa]24 cause-absent[cert-expired]25`},
		{2, clear, `reachable[both]4 security[tls]5? starttls-offered[true]11 mechanisms-offered[PLAIN SCRAM-SHA-256]13 mechanisms-absent[LOGIN]14 capabilities[IDLE SASL PLAIN]15 greeting-within[2000]22 ready-within[62000]23 discovery-agrees[srv mx tlsa]24 cause-absent[cert-expired]25`},
		{3, smtp, `reachable[both]4 security[tls]5? tls-min[1.2]6 certificate-days[14]7 certificate-names[mail.example.com *.example.com 192.0.2.7]8 certificate-issuer[Example CA]9 certificate-key-bits[2048]10 starttls-offered[true]11 login-needs-tls[true]12 mechanisms-offered[PLAIN SCRAM-SHA-256]13 mechanisms-absent[LOGIN]14 capabilities[IDLE SASL PLAIN]15 login[true]16 login-refuses-wrong-password[true]17 sender-accepted[jane@example.com]18 size-at-least[26214400]19 no-open-relay[true]21 greeting-within[2000]22 ready-within[62000]23 discovery-agrees[srv mx tlsa]24 cause-absent[cert-expired]25`},
	} {
		var got []string
		for _, x := range f.Endpoints[tt.endpoint].Expects(tt.server) {
			s := string(x.ID) + "[" + strings.Join(x.Want, " ") + "]" + json.Number(jsonOf(t, x.Line)).String()
			if x.Severity == stage.ExpectWarn {
				s += "?"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(strings.Split(tt.want, " "), strings.Split(strings.Join(got, " "), " ")); diff != "" {
			t.Errorf("%d (-want +got)\n%s", i, diff)
		}
	}
	if x := f.Endpoints[5].own[2]; x.Severity != stage.ExpectWarn || x.Want[0] != "50" || x.Line != 71 {
		t.Errorf("a table of its own: %+v", x)
	}
	if n := len(f.Endpoints[0].Inapplicable([]stage.Endpoint{clear})); n != 1 {
		t.Errorf("%d expectations can't apply to a server without encryption, want 1", n)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAccounts: endpoints of one account share its credential, and others have none.
func TestAccounts(t *testing.T) {
	f, err := Load("testdata/valid/whole.toml")
	if err != nil {
		t.Fatal(err)
	}
	e := f.Endpoints
	if e[0].User != "probe@example.com" || e[0].Credential.Kind != PasswordEnv || e[0].Credential.Value != "PROBE_PASSWORD" || e[0].Credential.At.Line != 30 {
		t.Errorf("%+v %+v", e[0], e[0].Credential)
	}
	if e[1].Credential.Kind != TokenCommand || e[3].Credential.Kind != PasswordFile || e[4].Credential.Kind != PasswordCommand || e[5].Credential != nil {
		t.Error("credentials are not those of their accounts")
	}
	if !e[0].Is("inbox") || !e[0].Is("eu") || !e[0].Is("imaps://imap.example.com") || e[0].Is("us") || e[1].Is("") {
		t.Error("an endpoint is chosen by its name, its argument and its labels alone")
	}
	sum := sha256.Sum256(read(t, "testdata/valid/byte-order-mark.toml"))
	f, err = Load("testdata/valid/byte-order-mark.toml")
	if err != nil || f.Origin != (stage.SmokeFile{Path: "testdata/valid/byte-order-mark.toml", SHA256: hex.EncodeToString(sum[:])}) {
		t.Errorf("%v, %v: want the SHA-256 of the whole file, as sha256sum has it", f, err)
	}
}

// beyond are wrong files that the schema takes: what is wrong depends on another part of
// the file, or on tables of this program.
var beyond = []string{
	"account-none", "account-twice", "account-unknown", "cause-absent", "certificate-of-cleartext", "endpoint-twice", "login-without-account",
	"name-of-expectation", "name-twice", "quota-of-smtp", "relay-of-pop3", "size-of-imap", "source-without-user", "starttls-of-tls", "url-port",
}

// TestSchema: the schema takes valid files and refuses wrong ones, and has every
// expectation, for the whole file and for an endpoint.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("smoke.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("smoke.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files(t, "testdata/valid/*.toml", 3), files(t, "testdata/invalid/*.toml", 70)...) {
		var v map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(read(t, name), []byte("\ufeff")), &v); err != nil {
			continue // not TOML
		}
		inst, err := jsonschema.UnmarshalJSON(strings.NewReader(jsonOf(t, v)))
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(name), ".toml")
		want := strings.Contains(name, "/valid/") || slices.Contains(beyond, base)
		if err := s.Validate(inst); (err == nil) != want {
			t.Errorf("%s: valid by the schema: %t, want %t: %v", base, err == nil, want, err)
		}
	}
	for _, where := range []map[string]any{doc.(map[string]any), doc.(map[string]any)["definitions"].(map[string]any)["endpoint"].(map[string]any)} {
		for _, id := range IDs() {
			if where["properties"].(map[string]any)[string(id)] == nil {
				t.Errorf("the schema lacks %s", id)
			}
		}
	}
}

// TestNoPasswordInErrors breaks a file that has a password in every place where somebody
// may write one, at every byte and in many ways: no error repeats any of it.
func TestNoPasswordInErrors(t *testing.T) {
	for _, line := range []string{
		`password = "X"`, `password = X`, `password-env = "X"`, `password-env = X`, `password-file = "X`, `password-command = 'X'`, `token-command = """X"""`,
		`password-env = { value = "X" }`, `password-command = ["X"]`, `secret = "X"`, `url = "imaps://jane:X@imap.example.com"`, `address = "jane@example.com:X"`, `url = "jane:X@imap.example.com"`,
		`domain = "jane:X@example.com"`, `password-env = 7X`, `password-file = 1979-05-X`, `pass.word = X`,
	} {
		text := "tls-min = \"1.2\"\n[[endpoint]]\nuser = \"jane\"\n" + strings.ReplaceAll(line, "X", secret) + "\n"
		for i := range len(text) {
			for _, with := range []string{"", "\"", "'", "\n", "#", "=", "[", "]", "{", "}", "\\", ".", " ", "\x00", "\xff"} {
				for _, broken := range []string{text[:i] + with + text[i:], text[:i] + with + text[i+1:]} {
					_, err := Parse("a.toml", []byte(broken))
					if err == nil {
						continue
					}
					// A value that has come to stand for a key is a key.
					if part := repeats(err.Error()); part != "" && !keyed(broken) {
						t.Fatalf("%q of the password is repeated\n%s\n%v", part, broken, err)
					}
				}
			}
		}
	}
}

// keyed reports whether the secret has become a key of the file.
func keyed(text string) bool {
	d := strict.New("", []byte(text))
	t := d.Parse()
	if t == nil {
		return false
	}
	var in func(t *strict.Table) bool
	in = func(t *strict.Table) bool {
		return slices.ContainsFunc(t.Entries, func(e *strict.Entry) bool {
			return repeats(e.Key) != "" || e.Value.Table != nil && in(e.Value.Table) ||
				slices.ContainsFunc(e.Value.Items, func(v *strict.Value) bool { return v.Table != nil && in(v.Table) })
		})
	}
	return in(t)
}

// FuzzParse: any text is a smoke file that holds what the rest of the program relies on,
// or is reported with places that exist, in text that can be shown.
func FuzzParse(f *testing.F) {
	for _, name := range append(files(f, "testdata/valid/*.toml", 3), files(f, "testdata/invalid/*.toml", 70)...) {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("a.toml", text)
		if err != nil {
			e, ok := errors.AsType[*strict.Error](err)
			if !ok {
				t.Fatalf("%v (%T)", err, err)
			}
			lines := bytes.Count(text, []byte("\n")) + 1
			for _, p := range e.Problems {
				if p.Line > lines || p.Line == 0 && len(e.Problems) <= strict.MaxProblems || stage.Visible(p.Message) != p.Message {
					t.Errorf("%+v", p)
				}
			}
			return
		}
		if len(file.Endpoints) == 0 {
			t.Error("a file without endpoints")
		}
		for _, e := range file.Endpoints {
			if e.Argument == "" || e.At.Line < 1 || e.Credential != nil && !e.loggedInTo() {
				t.Errorf("%+v", e)
			}
			for _, x := range e.Expects(stage.Endpoint{Protocol: stage.SMTP, Security: stage.StartTLS}) {
				if len(x.Want) == 0 || x.Line < 1 || x.Severity == "" {
					t.Errorf("%+v", x)
				}
			}
		}
	})
}
