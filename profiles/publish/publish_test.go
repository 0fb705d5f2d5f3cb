package publish_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
	"maildoctor/profiles/publish"
	"maildoctor/profiles/published"
)

var (
	usual = []stage.Endpoint{
		{Protocol: stage.IMAP, Host: "mail.firm.test", Port: 993, Security: stage.TLS},
		{Protocol: stage.SMTP, Host: "smtp.firm.test", Port: 465, Security: stage.TLS},
	}
	upgraded = []stage.Endpoint{
		{Protocol: stage.IMAP, Host: "mail.firm.test", Port: 143, Security: stage.StartTLS},
		{Protocol: stage.POP3, Host: "mail.firm.test", Port: 995, Security: stage.TLS},
		{Protocol: stage.SMTP, Host: "smtp.firm.test", Port: 587, Security: stage.StartTLS},
	}
)

func endpoints(d *published.Document) []stage.Endpoint {
	var out []stage.Endpoint
	for _, s := range d.Servers {
		out = append(out, s.Endpoint)
	}
	return out
}

// TestFilesAreRead: each file says, to our own reader, what it was made of.
func TestFilesAreRead(t *testing.T) {
	for name, servers := range map[string][]stage.Endpoint{"TLS": usual, "STARTTLS": upgraded} {
		read := 0
		for _, f := range publish.Files("firm.test", `Firm & "Sons" <x>`, servers) {
			var d *published.Document
			var err error
			switch {
			case strings.HasSuffix(f.Path, "config-v1.1.xml"):
				d, err = published.ReadAutoconfig(f.Data)
			case strings.HasSuffix(f.Path, ".json"):
				d, err = published.ReadPACC(f.Data)
			default:
				var a *published.Answer
				if a, err = published.ReadAutodiscover(f.Data); err == nil {
					d = &a.Document
				}
			}
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", name, f.Path, err, f.Data)
				continue
			}
			read++
			if diff := cmp.Diff(servers, endpoints(d)); diff != "" || len(d.Problems) > 0 {
				t.Errorf("%s, %s: %v (-want +got)\n%s", name, f.Path, d.Problems, diff)
			}
		}
		if want := map[string]int{"TLS": 4, "STARTTLS": 3}[name]; read != want {
			t.Errorf("%s: %d files, want %d", name, read, want)
		}
	}
}

// TestRecordsAreRead: the records say the same, and of every service whether there is
// one.
func TestRecordsAreRead(t *testing.T) {
	for name, servers := range map[string][]stage.Endpoint{"TLS": usual, "STARTTLS": upgraded} {
		var srv []published.SRV
		for _, r := range publish.Records("firm.test", servers) {
			f := strings.Fields(r.Data)
			port, err := strconv.ParseUint(f[2], 10, 16)
			if err != nil || r.Type != "SRV" {
				t.Fatal(r)
			}
			service, _, _ := strings.Cut(r.Name, ".")
			srv = append(srv, published.SRV{Service: service, Weight: 1, Port: uint16(port), Target: strings.TrimSuffix(f[3], ".") + map[bool]string{true: "."}[f[3] == "."]})
		}
		d := published.ReadSRV(srv)
		if diff := cmp.Diff(servers, endpoints(d)); diff != "" || len(srv) != 6 || len(d.NotOffered) != 6-len(servers) {
			t.Errorf("%s: %d not offered (-want +got)\n%s", name, len(d.NotOffered), diff)
		}
	}
}

func TestDigest(t *testing.T) {
	file := []byte("{}\n")
	r := publish.Digest("firm.test", file)
	if ok, err := published.PACCDigest(strings.Trim(r.Data, `"`), file); !ok || err != nil || r.Name != "_ua-auto-config.firm.test." {
		t.Errorf("%+v: %v, %v", r, ok, err)
	}
}

func TestBest(t *testing.T) {
	all := append([]stage.Endpoint{
		{Protocol: stage.IMAP, Host: "mail.firm.test", Port: 143, Security: stage.None},
		{Protocol: stage.SMTP, Host: "smtp.firm.test", Port: 587, Security: stage.StartTLS},
	}, usual...)
	if diff := cmp.Diff(usual, publish.Best(all)); diff != "" {
		t.Error(diff)
	}
}

func TestForms(t *testing.T) {
	records := publish.Records("firm.test", usual)
	if got := publish.Zone(records); !strings.Contains(got, "_imaps._tcp.firm.test. 3600 IN SRV 0 1 993 mail.firm.test.\n") || strings.Count(got, "\n") != 6 {
		t.Error(got)
	}
	got := publish.Terraform("firm.test", append(records, publish.Digest("firm.test", nil)))
	if !strings.Contains(got, `resource "dns_srv_record_set" "imaps__tcp" {`) || !strings.Contains(got, `zone = "firm.test."`) || strings.Count(got, "resource ") != 7 {
		t.Error(got)
	}
}
