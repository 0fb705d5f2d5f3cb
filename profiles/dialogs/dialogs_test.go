package dialogs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles/export"
)

// vocabulary returns the programs that package stage names.
func vocabulary(t *testing.T) []stage.ProgramID {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../probe/stage/configured.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []stage.ProgramID
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "ProgramID" {
			v, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, stage.ProgramID(v))
		}
		return true
	})
	return all
}

// Every program that settings are entered into is in the table.
func TestTableIsComplete(t *testing.T) {
	known := vocabulary(t)
	if len(known) < 15 {
		t.Fatalf("only %d programs were found in package stage", len(known))
	}
	for _, id := range known {
		if id == stage.ProgramAppleProfile || id == stage.ProgramTyped {
			continue // a file that is imported, and nobody's
		}
		if !slices.Contains(IDs(), id) {
			t.Errorf("%s has no file", id)
		}
	}
	for _, id := range IDs() {
		if !slices.Contains(known, id) {
			t.Errorf("%s is no program of package stage", id)
		}
	}
}

// Every file can be read, its labels are there in English and where they were seen, and
// no two programs answer to one name.
func TestEveryFile(t *testing.T) {
	taken := make(map[string]stage.ProgramID)
	for _, id := range IDs() {
		name := "programs/" + string(id) + ".toml"
		text, err := table.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parse(name, text)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, n := range append(slices.Clone(f.Also), f.Name, string(id)) {
			if other, ok := taken[plain(n)]; ok && other != id {
				t.Errorf("%s and %s are both called %q", id, other, n)
			}
			taken[plain(n)] = id
		}
		if _, ok := export.Named(f.Export); f.Export != "" && !ok {
			t.Errorf("%s: export has no form %q", id, f.Export)
		}
		for _, code := range slices.Collect(maps.Keys(f.Language)) {
			p := For(id, code)
			if p.Language != code || p.Source.Title == "" || p.Source.URL == "" || len(p.Source.Read) != len("2026-11-30") {
				t.Errorf("%s in %s: %q, read %s", id, code, p.Source, p.Source.Read)
			}
			for _, protocol := range []stage.Protocol{stage.IMAP, stage.SMTP} {
				if p.Handles(protocol) && !f.File && p.Field(Host, protocol).Empty() && p.Field(Security, protocol).Empty() {
					t.Errorf("%s in %s: neither server nor encryption for %s", id, code, protocol)
				}
			}
		}
	}
}

// The programs whose message files are public have all labels, in all languages in which
// those were read.
func TestLanguages(t *testing.T) {
	all := []string{"de", "en", "es", "fr", "it", "nl", "pl", "pt", "pt-BR"}
	for _, id := range []stage.ProgramID{stage.ProgramThunderbird, stage.ProgramThunderbirdAndroid, stage.ProgramEvolution, stage.ProgramKMail} {
		if got := Languages(id); !slices.Equal(got, all) {
			t.Errorf("%s: %v, expected %v", id, got, all)
		}
		for _, code := range all {
			p := For(id, code)
			for _, protocol := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
				if len(p.Way(protocol)) < 3 {
					t.Errorf("%s in %s: the way for %s is %v", id, code, protocol, p.Way(protocol))
				}
				for _, f := range Fields {
					if p.Field(f, protocol).Own == "" {
						t.Errorf("%s in %s: no %s for %s", id, code, f, protocol)
					}
				}
				for s := range choices {
					if p.Choice(s, protocol).Own == "" {
						t.Errorf("%s in %s: no choice for %s of %s", id, code, s, protocol)
					}
				}
				if p.Method(Password, stage.TLS, protocol).Own == "" {
					t.Errorf("%s in %s: no password for %s", id, code, protocol)
				}
			}
		}
	}
}

func TestNearestLanguage(t *testing.T) {
	for env, want := range map[string]string{
		"": "en", "C": "en", "POSIX": "en", "en_GB.UTF-8": "en", "de": "de", "de_AT.UTF-8": "de", "de_DE@euro": "de",
		"pt_BR.UTF-8": "pt-BR", "pt-br": "pt-BR", "pt_PT": "pt", "pt_AO": "pt", "sv_SE.UTF-8": "en", "C.UTF-8": "en",
	} {
		if got := For(stage.ProgramThunderbird, env).Language; got != want {
			t.Errorf("%q: %s, expected %s", env, got, want)
		}
	}
	if Speaks(stage.ProgramThunderbird, "sv") || !Speaks(stage.ProgramThunderbird, "de-CH") {
		t.Error("Thunderbird's labels are known in German and not in Swedish")
	}
	if For("pegasus", "en") != nil || Languages("pegasus") != nil || Speaks("pegasus", "en") {
		t.Error("a program that isn't in the table has labels")
	}
}

func TestLabels(t *testing.T) {
	de := For(stage.ProgramThunderbird, "de")
	for _, c := range []struct {
		what      string
		got, want Label
	}{
		{"a field", de.Field(Security, stage.IMAP), Label{"Verbindungssicherheit", "Connection security"}},
		{"the same in both", de.Field(Port, stage.SMTP), Label{Own: "Port"}},
		{"a choice", de.Choice(stage.None, stage.SMTP), Label{"Keine", "None"}},
		{"STARTTLS if offered is STARTTLS", de.Choice(stage.StartTLSIfOffered, stage.SMTP), Label{Own: "STARTTLS"}},
		{"which insists on it", For(stage.ProgramFetchmail, "en").Choice(stage.StartTLSIfOffered, stage.IMAP), Label{Own: "sslproto 'auto', without ssl"}},
		{"or can't", For(stage.ProgramEnvironment, "en").Choice(stage.StartTLSIfOffered, stage.SMTP), Label{Own: "smtp"}},
		{"a password", de.Method(Password, stage.TLS, stage.IMAP), Label{"Passwort, normal", "Normal password"}},
		{"a password in clear", de.Method(Password, stage.None, stage.IMAP), Label{"Passwort, ungesichert übertragen", "Password, transmitted insecurely"}},
		{"in English", For(stage.ProgramThunderbird, "en").Field(User, stage.IMAP), Label{Own: "User Name"}},
		{"known in English alone", For(stage.ProgramAppleMail, "de").Field(Security, stage.IMAP), Label{English: "Use TLS/SSL"}},
		{"for POP3", For(stage.ProgramKMail, "en").Field(Host, stage.POP3), Label{Own: "Incoming mail server"}},
		{"as for IMAP", For(stage.ProgramKMail, "en").Field(Port, stage.POP3), Label{Own: "Port"}},
		{"unseen for POP3", For(stage.ProgramOutlookNew, "en").Field(Host, stage.POP3), Label{}},
		{"unseen", For(stage.ProgramOutlookNew, "en").Field(Auth, stage.IMAP), Label{}},
		{"what a program can't", For(stage.ProgramMsmtp, "en").Field(Host, stage.IMAP), Label{}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, expected %+v", c.what, c.got, c.want)
		}
	}
	want := []Label{{"Konto-Einstellungen", "Account Settings"}, {Own: Account}, {"Server-Einstellungen", "Server Settings"}}
	if got := de.Way(stage.POP3); !slices.Equal(got, want) {
		t.Errorf("the way is %+v, expected %+v", got, want)
	}
}

func TestHandles(t *testing.T) {
	for _, c := range []struct {
		id       stage.ProgramID
		protocol stage.Protocol
		want     bool
	}{
		{stage.ProgramMsmtp, stage.SMTP, true},
		{stage.ProgramMsmtp, stage.IMAP, false},
		{stage.ProgramIsync, stage.SMTP, false},
		{stage.ProgramIsync, stage.IMAP, true},
		{stage.ProgramIsync, stage.POP3, false},
		{stage.ProgramThunderbird, stage.POP3, true},
	} {
		if got := For(c.id, "en").Handles(c.protocol); got != c.want {
			t.Errorf("%s handles %s: %v", c.id, c.protocol, got)
		}
	}
}

func TestPeculiarities(t *testing.T) {
	for _, c := range []struct {
		id                         stage.ProgramID
		relayed, remake, box, file bool
	}{
		{id: stage.ProgramThunderbird},
		{id: stage.ProgramOutlook},
		{id: stage.ProgramOutlookNew, relayed: true, remake: true},
		{id: stage.ProgramOutlookMobile, relayed: true, remake: true},
		{id: stage.ProgramAppleMail, box: true},
		{id: stage.ProgramIsync, file: true},
	} {
		p := For(c.id, "en")
		if p.Relayed != c.relayed || p.Remake != c.remake || p.Box(stage.IMAP) != c.box || p.File != c.file {
			t.Errorf("%s: relayed %v, remake %v, box %v, file %v", c.id, p.Relayed, p.Remake, p.Box(stage.IMAP), p.File)
		}
		if p.Relayed && (p.RelayedBy.URL == "" || p.RelayedBy.Read == "") {
			t.Errorf("%s is relayed, without a source", c.id)
		}
	}
}

func TestURLs(t *testing.T) {
	p := For(stage.ProgramNeomutt, "en")
	for _, c := range []struct {
		e           stage.Endpoint
		field, want string
	}{
		{stage.Endpoint{Protocol: stage.IMAP, Host: "imap.q.com", Port: 993, Security: stage.TLS}, "folder", "imaps://imap.q.com:993/"},
		{stage.Endpoint{Protocol: stage.POP3, Host: "pop.q.com", Port: 110, Security: stage.StartTLS}, "pop_host", "pop://pop.q.com:110/"},
		{stage.Endpoint{Protocol: stage.SMTP, Host: "2001:db8::1", Port: 587, Security: stage.StartTLS}, "smtp_url", "smtp://jane%40q.com@[2001:db8::1]:587/"},
	} {
		field, got, ok := p.URL(c.e, "jane@q.com")
		if !ok || field.Own != c.field || got != c.want {
			t.Errorf("%v: %s %s, expected %s %s", c.e, field, got, c.field, c.want)
		}
	}
	if _, _, ok := For(stage.ProgramThunderbird, "en").URL(stage.Endpoint{Protocol: stage.IMAP}, ""); ok {
		t.Error("Thunderbird takes no URL")
	}
}

func TestFind(t *testing.T) {
	for name, want := range map[string]stage.ProgramID{
		"thunderbird": stage.ProgramThunderbird, "Thunderbird": stage.ProgramThunderbird, "Mozilla Thunderbird": stage.ProgramThunderbird,
		"thunderbird 115": stage.ProgramThunderbird, "Thunderbird 128.3.1esr": stage.ProgramThunderbird,
		"Outlook": stage.ProgramOutlook, "outlook 2021": stage.ProgramOutlook, "Outlook 2010": stage.ProgramOutlook,
		"new outlook": stage.ProgramOutlookNew, "OUTLOOK-NEW": stage.ProgramOutlookNew, "outlook for mac": stage.ProgramOutlookMac,
		"apple mail": stage.ProgramAppleMail, "Mail.app": stage.ProgramAppleMail, "iphone": stage.ProgramIOSMail,
		"K-9": stage.ProgramThunderbirdAndroid, "k9 mail": stage.ProgramThunderbirdAndroid, "K-9 Mail 6.8": stage.ProgramThunderbirdAndroid,
		"mbsync": stage.ProgramIsync, "eM Client 9": stage.ProgramEMClient, ".env": stage.ProgramEnvironment,
	} {
		if got, _, ok := Find(name); !ok || got != want {
			t.Errorf("%q: %q, expected %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"thunderbrid": "thunderbird", "outlok": "outlook", "evolutoin": "evolution", "apple": "apple-mail", "galaxy": "samsung-email",
		"xyzzy": "", "": "", "2021": "", "...": "",
	} {
		id, near, ok := Find(name)
		if ok || (want == "") != (len(near) == 0) || want != "" && string(near[0]) != want || len(near) > maxNear {
			t.Errorf("%q: %q %v, expected %q to be suggested", name, id, near, want)
		}
	}
}

// One program costs the reading of one file.
func TestReadWhenAsked(t *testing.T) {
	read.Lock()
	read.files = make(map[stage.ProgramID]*file)
	read.Unlock()
	id, _, _ := Find("thunderbird")
	For(id, "de")
	For(id, "fr")
	read.Lock()
	defer read.Unlock()
	if len(read.files) != 1 {
		t.Errorf("%d files were read for one program", len(read.files))
	}
	first := read.files[id]
	read.Unlock()
	again := fileOf(id)
	read.Lock()
	if first != again {
		t.Error("a file was read twice")
	}
}

func BenchmarkFor(b *testing.B) {
	for b.Loop() {
		read.files = make(map[stage.ProgramID]*file)
		For(stage.ProgramThunderbird, "de")
	}
}

func BenchmarkFindAmongAll(b *testing.B) {
	for b.Loop() {
		read.files = make(map[stage.ProgramID]*file)
		Find("K-9")
	}
}

// example is a file with nothing wrong.
const example = `id = "example"
name = "Example"
version = "1"

[language.en]
source = "its manual"
url = "https://example.com/"
read = 2026-11-30

[language.en.receive]
way = ["Settings"]
host = "Server"
port = "Port"
security = "Encryption"
user = "Name"
auth = "Login"
tls = "TLS"
starttls = "STARTTLS"
none = "None"
password = "Password"
unseen = ["oauth2", "encrypted"]
`

func TestStrictReading(t *testing.T) {
	if _, err := parse("programs/example.toml", []byte(example)); err != nil {
		t.Fatal(err)
	}
	with := func(old, with string) string {
		if !strings.Contains(example, old) {
			t.Fatalf("the example has no %q", old)
		}
		return strings.Replace(example, old, with, 1)
	}
	for _, c := range []struct{ text, want string }{
		{with(`port = "Port"`, `prot = "Port"`), "programs/example.toml:13:1: unknown key language.en.receive.prot"},
		{with(`port = "Port"`, ``), "programs/example.toml:10: language.en.receive: port is missing: expected it, or its name in unseen"},
		{with(`port = "Port"`, `port = 993`), "programs/example.toml:13:"},
		{with(`way = ["Settings"]`, `way = []`), "programs/example.toml:10: language.en.receive: way is missing"},
		{with(`"oauth2", "encrypted"`, `"oauth2"`), "encrypted is missing"},
		{with(`"oauth2", "encrypted"`, `"oauth2", "encrypted", "port"`), "unseen: port is given all the same"},
		{with(`"oauth2", "encrypted"`, `"oauth2", "encrypted", "colour"`), `unseen: "colour" is no label`},
		{with(`user = "Name"`, `user = " Name"`), `user: found " Name", expected one line of text`},
		{with(`user = "Name"`, `user = "Na\u0007me"`), `expected one line of text`},
		{with(`id = "example"`, `id = "other"`), `programs/example.toml:1: id: found "other", expected "example"`},
		{with(`version = "1"`, "version = \"1\"\nprotocols = [\"jmap\"]"), `programs/example.toml:1: protocols: found "jmap", expected imap, pop3 or smtp`},
		{with(`version = "1"`, "version = \"1\"\nnamesake = \"netscape\""), `programs/example.toml:1: namesake: found "netscape", expected the id of another program`},
		{with(`version = "1"`, ``), "programs/example.toml:1: version is missing"},
		{with(`read = 2026-11-30`, ``), "programs/example.toml:5: language.en: read is missing"},
		{with(`read = 2026-11-30`, `read = "today"`), "programs/example.toml:8:"},
		{with(`url = "https://example.com/"`, ``), "language.en: url is missing"},
		{strings.ReplaceAll(example, "language.en", "language.de"), "language.en is missing"},
		{example + "\n[language.German]\nsource = \"s\"\nurl = \"u\"\nread = 2026-11-30\n", `found "German", expected a language such as de`},
		{example + "\n[language.de]\nsource = \"s\"\nurl = \"u\"\nread = 2026-11-30\n", "expected [language.de.receive] or [language.de.send]"},
		{example + "\n[language.en.send]\nbox = true\ntls = \"TLS\"\n", "box: expected no tls"},
		{example + "\n[language.en.send]\nurl = \"smtp_url\"\n", "url: expected scheme = {tls, starttls, none}"},
		{example + "\n[relayed]\nsource = \"s\"\n", "relayed: url is missing"},
		{"id = ", "programs/example.toml:1:"},
		{example + "id = 1\n", "programs/example.toml:"},
	} {
		_, err := parse("programs/example.toml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v\nexpected %s", err, c.want)
		}
	}
}

// The way that a file is written in the manual of the package is one that can be read.
func TestManualNamesAllKeys(t *testing.T) {
	manual, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range append(slices.Clone(keys), "way", "unseen", "box", "scheme", "also", "version", "relayed", "remake", "file", "protocols", "namesake", "export", "read") {
		if !strings.Contains(string(manual), k) {
			t.Errorf("doc.go doesn't name the key %s", k)
		}
	}
}
