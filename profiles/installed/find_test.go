package installed

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// thunderbirdWrote and evolutionWrote are what testdata/README tells of; the ports, modes
// and names are those that Thunderbird itself, asked again, took out of its file.
const (
	thunderbirdWrote = `
thunderbird "Work \"q\"" <jane@q.example>
	imap imap.q.example:143 starttls user=jane@q.example by=passwordCleartext left=port line=36
	smtp smtp.q.example:587 starttls user=jane@q.example by=passwordCleartext line=62
thunderbird "jane@z.example" <jane@z.example>
	pop3 pop.z.example:995 tls user=j.doe by=OAuth2 left=port line=45
	smtp mail.z.example:465 tls user=j.doe by=OAuth2 left=port line=68
thunderbird "Büro" <jane@buero.example>
	imap xn--bro-hoa.example:143 none user=jané by=passwordEncrypted left=port line=55
	smtp smtp.q.example:587 starttls user=jane@q.example by=passwordCleartext line=62
`
	evolutionWrote = `
evolution "Work = \"q\"" <jane@q.example>
	imap imap.q.example:993 tls user=jane@q.example by=PLAIN line=16
	smtp smtp.q.example:587 starttls user=jane@q.example by=LOGIN in=PLACE/tr1.source line=7
evolution "Büro" <jane@buero.example>
	pop3 pop.xn--bro-hoa.example:110 none user=jané by=none left=port line=16
`
)

func copied(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestFindsWhatProgramsWrote: in each place of each system.
func TestFindsWhatProgramsWrote(t *testing.T) {
	for _, tt := range []struct{ goos, at, from, want string }{
		{"linux", ".thunderbird", "thunderbird", thunderbirdWrote},
		{"linux", "snap/thunderbird/common/.thunderbird", "thunderbird", thunderbirdWrote},
		{"linux", ".var/app/org.mozilla.Thunderbird/.thunderbird", "thunderbird", thunderbirdWrote},
		{"linux", ".icedove", "thunderbird", thunderbirdWrote},
		{"darwin", "Library/Thunderbird", "thunderbird", thunderbirdWrote},
		{"windows", "AppData/Roaming/Thunderbird", "thunderbird", thunderbirdWrote},
		{"windows", "AppData/Local/Packages/Mozilla.Thunderbird_x/LocalCache/Roaming/Thunderbird", "thunderbird", thunderbirdWrote},
		{"linux", ".config/evolution/sources", "evolution", evolutionWrote},
		{"freebsd", ".var/app/org.gnome.Evolution/config/evolution/sources", "evolution", evolutionWrote},
		{"windows", ".config/evolution/sources", "evolution", ""},
	} {
		env := Environment{GOOS: tt.goos, Home: t.TempDir()}
		copied(t, "testdata/"+tt.from, env.home(tt.at))
		found := Find(env)
		same(t, found, strings.ReplaceAll(tt.want, "PLACE", "~/"+tt.at))
		for _, a := range found.Accounts {
			if !strings.HasPrefix(a.Place, "~/"+tt.at) {
				t.Errorf("%s: found at %s", tt.at, a.Place)
			}
		}
	}
	if found, _ := ReadFile("thunderbird", "testdata/thunderbird/profile.default-default"); told(found) != strings.TrimLeft(thunderbirdWrote, "\n") {
		t.Errorf("a profile by its folder: %s", told(found))
	}
}

// TestFindsFiles: the first place of a program counts, and variables that name places.
func TestFindsFiles(t *testing.T) {
	h := newHome(t, ".msmtprc", "host first.example\n")
	h.write(".config/msmtp/config", "host second.example\n")
	h.write("etc/msmtprc", "host system.example\n")
	h.write(".mbsyncrc/is/a/folder", "")
	h.write("x/isyncrc", "IMAPAccount a\nHost i.example\nUser u\n")
	h.write(".fetchmailrc", "poll not.example proto imap user u")
	h.write("f/fetchmailrc", "poll f.example proto imap user u ssl")
	h.write(".muttrc", "source ~/.mutt/a\nset folder=imaps://$U@m.example\n")
	h.write(".mutt/a", "source b\n")
	h.write(".mutt/b", "set imap_pass=x smtp_url=smtps://s.example\nsource a\n")
	h.write("work/.env", "MAIL_HOST=l.example\n")
	h.write(".thunderbird/profiles.ini", "[Profile0]\nPath=a\n[Profile1]\nPath="+h.dir+"/b\nIsRelative=0\n[Profile2]\nPath=none\n")
	h.write(".thunderbird/a/prefs.js", "nonsense\n")
	h.write("b/prefs.js/is/a/folder", "")
	env := Environment{
		GOOS: "linux", Home: h.dir, System: h.dir + "/etc", Dir: h.dir + "/work",
		Variables: []string{"XDG_CONFIG_HOME=" + h.dir + "/x", "FETCHMAILHOME=" + h.dir + "/f", "U=first", "U=jane", "SMTP_HOST=p.example", "SMTP_PORT=x"},
	}
	found := Find(env)
	same(t, found, `
msmtp "default" <>
	smtp system.example:25 none user= by=off left=security,port line=1
msmtp "default" <>
	smtp first.example:25 none user= by=off left=security,port line=1
isync "a" <>
	imap i.example:143 starttls user=u left=security,port line=2
fetchmail "f.example" <>
	imap f.example:993 tls user=u left=port line=1
mutt "" <>
	imap m.example:993 tls user=jane left=port line=2 password=x
	smtp s.example:465 tls user= left=port in=~/.mutt/b line=1
env "MAIL_HOST" <>
	smtp l.example:587 starttls-if-offered user= left=security,port line=1
env "SMTP_HOST" <>
	smtp p.example:0 starttls-if-offered user= left=security in=$SMTP_HOST
problem: ~/.thunderbird/a/prefs.js:1:1: expected user_pref("name", value); with a string, a number, true or false
problem: ~/.mutt/b:2:8: source: the file isn't read: it lies elsewhere, or too many files name each other
problem: $SMTP_PORT: the port: expected a number from 1 to 65535
`)
}

// TestFindsTheNewOutlook by its folder or its package, on Windows alone.
func TestFindsTheNewOutlook(t *testing.T) {
	for at, want := range map[string]string{
		"AppData/Local/Microsoft/Olk":                                      "relayed: outlook-new\n",
		"AppData/Local/Packages/Microsoft.OutlookForWindows_8wekyb3d8bbwe": "relayed: outlook-new\n",
		"AppData/Local/Microsoft/Outlook":                                  "",
	} {
		h := newHome(t, at+"/x", "")
		if got := told(Find(Environment{GOOS: "windows", Home: h.dir})); got != want {
			t.Errorf("%s: %q", at, got)
		}
		if got := told(Find(Environment{GOOS: "linux", Home: h.dir})); got != "" {
			t.Errorf("%s: on Linux %q", at, got)
		}
	}
}

// TestNothing: no home directory, or an empty one, is nothing found.
func TestNothing(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		for _, home := range []string{"", t.TempDir()} {
			if got := told(Find(Environment{GOOS: goos, Home: home})); got != "" {
				t.Errorf("%s %q: %s", goos, home, got)
			}
		}
	}
}

// TestUnreadable: what is no file, or a large one, is a problem and not an end.
func TestUnreadable(t *testing.T) {
	h := newHome(t, ".msmtprc", "host h.example\n"+strings.Repeat("#\n", maxFile/2))
	h.write(".mbsyncrc", "IMAPAccount a\nHost i.example\n")
	got := told(Find(Environment{GOOS: "linux", Home: h.dir}))
	if !strings.Contains(got, "problem: ~/.msmtprc: it is larger than 4 MiB") || !strings.Contains(got, "i.example") {
		t.Error(got)
	}
	if found, _ := ReadFile("msmtp", os.DevNull); len(found.Problems) != 1 || !strings.Contains(found.Problems[0].Message, "it is none") {
		t.Errorf("%v", found)
	}
}

// TestSomebodyElsesFile: it is given no variable of this process, and names no file
// outside of its folder, be it by a link.
func TestSomebodyElsesFile(t *testing.T) {
	t.Setenv("INSTALLED_TEST", "evil")
	h := newHome(t, "theirs/muttrc", "set folder=imaps://$INSTALLED_TEST@h.example smtp_url=smtps://s.example\nsource ../outside\nsource link\nsource inside\nsource ~/outside\n")
	h.write("outside", "set smtp_url=smtps://outside.example\n")
	h.write("theirs/inside", "set pop_host=pops://inside.example\n")
	if err := os.Symlink("../outside", filepath.Join(h.dir, "theirs/link")); err != nil {
		t.Fatal(err)
	}
	found, _ := ReadFile("mutt", h.path)
	for i := range found.Problems {
		found.Problems[i].File = filepath.Base(found.Problems[i].File)
	}
	same(t, found, `
mutt "" <>
	pop3 inside.example:995 tls user= left=user,port in=`+h.dir+`/theirs/inside line=1
	smtp s.example:465 tls user= left=port line=1
problem: muttrc:2:8: source: the file can't be read: it lies outside of the folder of the file that names it
problem: muttrc:3:8: source: the file can't be read: path escapes from parent
problem: muttrc:5:8: source: the file isn't read: it lies elsewhere, or too many files name each other
`)
}

// TestZip: exports in a zip, of which one is broken.
func TestZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range []struct{ name, text string }{
		{"a.k9s", `<k9settings><accounts><account><incoming-server type="IMAP"><host>a.example</host></incoming-server></account></accounts></k9settings>`},
		{"b/B.K9S", "<k9settings>"},
		{"readme.txt", "x"},
		{"large.k9s", "<k9settings>" + strings.Repeat(" ", maxFile*3/4) + "</k9settings>"},
		{"huge.k9s", "<k9settings>" + strings.Repeat(" ", maxFile/2)},
	} {
		w, err := z.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	same(t, readAs(t, "k9", b.String()), `
thunderbird-android "" <>
	imap a.example:143  user= left=port line=1
problem: FILE/b/B.K9S:1:13: expected well-formed XML, an export of K-9 Mail or Thunderbird for Android
problem: FILE/huge.k9s: it is larger than 4 MiB, which no file of settings is
`)
	same(t, readAs(t, "k9", b.String()[:100]), `
problem: FILE: expected XML, or a zip of such files: zip: not a valid zip file
`)
}
