package importer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/profiles"
)

// source is what test files say about themselves.
func source(f File) profiles.Source {
	return profiles.Source{Title: "A list, " + f.Base(), URL: "https://list.example/" + f.Base(), By: "A list", Checked: "2015-07-29", Date: "2026-11-30"}
}

// config is a file with servers: "imap imap.a.example 993 SSL %EMAILADDRESS%".
func config(name, domains string, servers ...string) File {
	var b strings.Builder
	fmt.Fprintf(&b, "<clientConfig version=\"1.1\"><emailProvider id=\"a.example\">\n")
	for _, d := range strings.Fields(domains) {
		if mx, ok := strings.CutPrefix(d, "mx:"); ok {
			fmt.Fprintf(&b, "<domain purpose=\"mx\">%s</domain>\n", mx)
		} else {
			fmt.Fprintf(&b, "<domain>%s</domain>\n", d)
		}
	}
	b.WriteString("<displayName>A \"Mail\" \\ Co</displayName>\n")
	for _, s := range servers {
		f := append(strings.Fields(s), "password-cleartext")
		tag := "incomingServer"
		if f[0] == "smtp" {
			tag = "outgoingServer"
		}
		fmt.Fprintf(&b, "<%s type=\"%s\"><hostname>%s</hostname><port>%s</port><socketType>%s</socketType><username>%s</username><authentication>%s</authentication></%s>\n",
			tag, f[0], f[1], f[2], f[3], f[4], f[5], tag)
	}
	b.WriteString("</emailProvider></clientConfig>\n")
	return File{Name: name, Text: []byte(b.String())}
}

// short shows a profile in a few lines.
func short(p *profiles.Profile) string {
	lines := []string{p.ID + " " + string(p.UserForm) + " " + strings.Join(p.Domains, ",") + " " + strings.Join(p.MX, ",")}
	for _, e := range p.Endpoints {
		line := fmt.Sprintf("%s %s %s", e.Protocol, e.Address(), e.Security)
		for _, word := range []string{string(e.UserForm), string(e.Note), map[bool]string{true: "optional"}[e.Optional]} {
			if word != "" {
				line += " " + word
			}
		}
		lines = append(lines, line)
	}
	for _, n := range p.Notes {
		lines = append(lines, string(n.ID))
	}
	return strings.Join(lines, "\n")
}

func TestCompile(t *testing.T) {
	const full, local = " %EMAILADDRESS%", " %EMAILLOCALPART%"
	for _, test := range []struct {
		name    string
		files   []File
		want    []string
		remarks []string
	}{
		{
			name: "encrypted ones alone, the first of them required",
			files: []File{config("a.example.xml", "a.example mx:in.a.example",
				"pop3 pop.a.example 110 plain"+full, "pop3 pop.a.example 995 SSL"+full, "imap imap.a.example 993 SSL"+full,
				"smtp smtp.a.example 587 STARTTLS"+local, "smtp smtp.a.example 465 SSL"+full)},
			want: []string{"a-example full-address a.example *.a.example\nimap imap.a.example:993 tls optional\npop3 pop.a.example:995 tls\n" +
				"smtp smtp.a.example:587 starttls local-part\nsmtp smtp.a.example:465 tls optional"},
			remarks: []string{
				"skipped: a.example.xml:5: pop3 on pop.a.example:110: it is in the clear, and there are encrypted ones",
			},
		},
		{
			name:    "encrypted before the first",
			files:   []File{config("a.example.xml", "a.example", "imap imap.a.example 143 plain"+full, "pop3 pop.a.example 995 SSL"+full)},
			want:    []string{"a-example full-address a.example *.a.example\nimap imap.a.example:143 none cleartext-only optional\npop3 pop.a.example:995 tls\ncleartext-only"},
			remarks: []string{"odd: a.example.xml: there is no server to send mail with"},
		},
		{
			name:  "in the clear",
			files: []File{config("b.example.xml", "b.example b2.example", "pop3 %EMAILDOMAIN% 110 plain"+local, "smtp mail.%EMAILDOMAIN% 25 plain"+local)},
			want: []string{"b-example local-part b.example,b2.example \npop3 {domain}:110 none cleartext-only\nsmtp mail.{domain}:25 none cleartext-only\n" +
				"cleartext-only"},
			remarks: []string{
				"odd: b.example.xml:6: smtp on mail.%EMAILDOMAIN%:25: port 25 is not usual for smtp with security none",
			},
		},
		{
			name:    "through the browser, and a user name of its own form",
			files:   []File{config("config-v1.1.xml", "a.example", "imap imap.a.example 993 SSL %EMAILLOCALPART%.%EMAILDOMAIN% OAuth2")},
			want:    []string{"a-example assigned a.example *.a.example\nimap imap.a.example:993 tls\noauth-only\nuser-name-differs"},
			remarks: []string{"odd: config-v1.1.xml: there is no server to send mail with", "odd: config-v1.1.xml:4: imap on imap.a.example:993: the user name is %EMAILLOCALPART%.%EMAILDOMAIN%, which a profile can't form"},
		},
		{
			name: "nothing to receive with, and what takes no password",
			files: []File{
				config("c.xml", "c.example", "smtp smtp.c.example 465 SSL"+full),
				config("d.xml", "d.example", "imap imap.d.example 993 SSL"+full, "smtp smtp.d.example 587 plain"+full+" none"),
			},
			want: []string{"d full-address d.example *.d.example\nimap imap.d.example:993 tls"},
			remarks: []string{
				"skipped: c.xml: there is no server to receive mail with",
				"skipped: d.xml:5: smtp on smtp.d.example:587: it takes no password and is for the provider's own network",
				"odd: d.xml: there is no server to send mail with",
			},
		},
		{
			name: "one domain in two files, names that look mistyped",
			files: []File{
				config("e.xml", "elephant.com", "imap imap.elephant.com 993 SSL"+full, "smtp smtp.elefant.com 465 SSL"+full, "smtp smtp.elehpant.com 465 SSL"+full),
				config("e.example.xml", "elephant.com elephant.cmo", "imap imap.elephant.com 585 SSL"+full),
			},
			want: []string{
				"e full-address elephant.com *.elephant.com\nimap imap.elephant.com:993 tls\nsmtp smtp.elefant.com:465 tls\nsmtp smtp.elehpant.com:465 tls optional",
				"e-example full-address elephant.cmo \nimap imap.elephant.com:585 tls",
			},
			remarks: []string{
				"odd: e.xml:6: smtp.elehpant.com is nearly elephant.com: it may be mistyped",
				"conflict: e.example.xml:2: elephant.com stands in e.xml, too, whose it is",
				"conflict: e.example.xml: *.elephant.com stands in e.xml, too, whose it is",
				"odd: e.example.xml: there is no server to send mail with",
				"odd: e.example.xml:5: imap on imap.elephant.com:585: port 585 is not usual for imap with security tls",
				"odd: e.example.xml:3: elephant.cmo ends in no public suffix: it may be mistyped",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, report, err := Compile(test.files, Origin{Source: source, Exchangers: true})
			if err != nil {
				t.Fatal(err)
			}
			var got, remarks []string
			for _, p := range all {
				got = append(got, short(p))
			}
			for _, r := range report.Remarks {
				if !strings.Contains(r.Text, ".example ends in no public suffix") {
					remarks = append(remarks, r.String())
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("profiles (-want +got)\n%s", d)
			}
			if d := cmp.Diff(test.remarks, remarks); d != "" {
				t.Errorf("report (-want +got)\n%s", d)
			}
		})
	}
}

// TestUnreadable: a file that is no settings is an error with its line, and doesn't keep
// the others from being read; one without servers is skipped.
func TestUnreadable(t *testing.T) {
	files := []File{
		{Name: "bad.xml", Text: []byte("<clientConfig>\n<emailProvider>\n</clientConfig>")},
		{Name: "none.xml", Text: []byte("<clientConfig><emailProvider id=\"a\"></emailProvider></clientConfig>")},
		config("a.example.xml", "a.example", "imap imap.a.example 993 SSL %EMAILADDRESS%"),
	}
	all, report, err := Compile(files, Origin{Source: source})
	const want = `bad.xml:3:1: found the end of "clientConfig", which is not the element that is open`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if len(all) != 1 || len(report.Of(Skipped)) != 1 || report.Of(Skipped)[0].File != "none.xml" {
		t.Errorf("%d profiles, %v", len(all), report)
	}
}

// TestForms writes profiles in both forms, strictly reads them back, and holds them
// against each other: those of the program, and one with everything in it.
func TestForms(t *testing.T) {
	c, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := Compile([]File{config("a.example.xml", "a.example", "imap imap.a.example 993 SSL %EMAILLOCALPART%", "smtp {}.a.example 465 SSL x", "smtp smtp.a.example 587 plain %EMAILADDRESS%")}, Origin{Source: source, Exchangers: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Profiles() {
		if p.Imported {
			all = append(all, p)
		}
	}
	if len(all) < 70 {
		t.Fatalf("%d profiles", len(all))
	}
	for _, p := range all {
		back, err := profiles.Parse(p.File, TOML(p))
		if err != nil {
			t.Errorf("%s: %v\n%s", p.ID, err, TOML(p))
			continue
		}
		back.Builtin, back.Imported = p.Builtin, p.Imported
		if d := cmp.Diff(p, back); d != "" {
			t.Errorf("%s as TOML (-want +got)\n%s", p.ID, d)
		}
		common := p.Source
		common.Title, common.URL = strings.TrimSuffix(common.Title, last(p)), strings.TrimSuffix(common.URL, last(p))
		again, err := profiles.ReadCompact(string(Compact([]*profiles.Profile{p}, common)))
		if err != nil || len(again) != 1 {
			t.Errorf("%s: %v", p.ID, err)
			continue
		}
		again[0].File, again[0].Builtin, again[0].Imported = p.File, p.Builtin, p.Imported
		if d := cmp.Diff(p, again[0]); d != "" {
			t.Errorf("%s as a line of many (-want +got)\n%s", p.ID, d)
		}
	}
}

// last is the file that a profile was made of.
func last(p *profiles.Profile) string {
	return p.Source.Title[strings.LastIndex(p.Source.Title, " ")+1:]
}
