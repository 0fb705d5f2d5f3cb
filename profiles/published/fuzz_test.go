package published

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
)

// seeds adds the files of a directory.
func seeds(f *testing.F, names ...string) {
	for _, name := range names {
		f.Add(testdata(f, name))
	}
}

// FuzzReadAutoconfig reads anything as a file of settings. What comes out of it holds
// what callers rely on, and can be written and read again.
func FuzzReadAutoconfig(f *testing.F) {
	seeds(f, "autoconfig/whole-1.1.xml", "autoconfig/whole-1.2.xml", "autoconfig/written.xml")
	for i, form := range forms() {
		if i%40 == 0 {
			f.Add([]byte(form.text))
		}
	}
	f.Add(servers(imap("a.example", "%emaildomain%", "ADDRESS%", "ADDRESS")))
	f.Add(servers(imap("SSL", "TLS", "993", "") + "<domain>%</domain>"))
	f.Add([]byte("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>"))
	f.Add([]byte("<a xmlns" + strings.Repeat("µ", 2000) + "='b'>"))
	f.Add([]byte("<html><body>404</body></html>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadAutoconfig(text)
		if err != nil {
			checkReadError(t, err, text)
			return
		}
		checkDocument(t, d)
		checkRoundTrip(t, "again", d)
	})
}

func FuzzReadMobileConfig(f *testing.F) {
	f.Add([]byte(configuration(wholeAccount)))
	f.Add([]byte(signed(configuration(wholeAccount))))
	f.Add([]byte("<plist><dict><key>a</key></dict></plist>"))
	f.Add([]byte("0<?xml</plist>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadMobileConfig(text)
		if err != nil {
			checkReadError(t, err, text)
			return
		}
		checkDocument(t, d)
		checkRoundTrip(t, "again", d)
	})
}

func FuzzReadPACC(f *testing.F) {
	seeds(f, "pacc/whole.json")
	f.Add([]byte(`{"protocols":{"submit":{"host":"a.example","port":587,"security":"starttls"},"imap":null},"authentication":{"password":true}}`))
	f.Add([]byte(`{"protocols":{"imap":{"host":"a.example"}},"authentication":{"oauth-public":{"issuer":" "}}}`))
	f.Add([]byte("{\"a\":\"\\\"[[\",\"protocols\":[]}"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadPACC(text)
		if err != nil {
			checkReadError(t, err, text)
			return
		}
		checkDocument(t, d)
		checkRoundTrip(t, "again", d)
	})
}

func FuzzReadAutodiscover(f *testing.F) {
	seeds(f, "autodiscover/settings.xml", "autodiscover/exchange.xml", "autodiscover/error.xml")
	f.Add(account("<Action>redirectAddr</Action><RedirectAddr>jane@b.example</RedirectAddr>"))
	f.Add(account("<Action>redirectUrl</Action><RedirectUrl>https://b.example/a.xml</RedirectUrl>"))
	f.Add([]byte("<Autodiscover><Response><Action><Settings><Server><Type>MobileSync</Type></Server></Settings></Action></Response></Autodiscover>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ReadAutodiscover(text)
		if err != nil {
			checkReadError(t, err, text)
			return
		}
		checkDocument(t, &a.Document)
		checkVisible(t, reflect.ValueOf(a))
		if a.RedirectURL != "" && !isWebAddress(a.RedirectURL) || a.RedirectAddress != "" && !strings.Contains(a.RedirectAddress, "@") {
			t.Errorf("sent to %q, %q", a.RedirectURL, a.RedirectAddress)
		}
		checkRoundTrip(t, "again", &a.Document)
	})
}

// FuzzReadSRV reads lines of service, priority, weight, port and target.
func FuzzReadSRV(f *testing.F) {
	f.Add("_imaps 0 1 993 imap.example.com.\n_submission 0 1 465 smtp.example.com.\n_pop3 0 0 0 .")
	f.Add("_imap 9 1 993 b.\n_imaps 1 9 143 a.example\n_imaps 1 9 143 A.example.")
	f.Fuzz(func(t *testing.T, text string) {
		var records []SRV
		for line := range strings.Lines(text) {
			var r SRV
			_, _ = fmt.Sscan(line, &r.Service, &r.Priority, &r.Weight, &r.Port, &r.Target)
			records = append(records, r)
		}
		d := ReadSRV(records)
		checkDocument(t, d)
		slices.Reverse(records)
		diff(t, "backwards", ReadSRV(records).Servers, d.Servers)
	})
}

func FuzzPACCDigest(f *testing.F) {
	f.Add(PACCRecord([]byte("{}")), []byte("{}"))
	f.Add("v=UAAC1; a=sha1; d=; d", []byte("{}"))
	f.Fuzz(func(t *testing.T, txt string, body []byte) {
		ok, err := PACCDigest(txt, body)
		if ok && (err != nil || !strings.Contains(txt, strings.TrimPrefix(PACCRecord(body), "v=UAAC1; a=sha256; d="))) {
			t.Errorf("%q matches %q: %v", txt, body, err)
		}
		if ok, err := PACCDigest(PACCRecord(body), body); !ok || err != nil {
			t.Errorf("our own record: %v, %v", ok, err)
		}
	})
}

// FuzzFill fills templates. What holds no placeholder stays as it is.
func FuzzFill(f *testing.F) {
	f.Add("%EMAILLOCALPART%%%EMAILDOMAIN%", "jane@example.com")
	f.Add("%emailaddress% %REALNAME%", "example.com")
	f.Fuzz(func(t *testing.T, template, address string) {
		got, err := Fill(canonical(template), address)
		if err == nil && !strings.Contains(strings.ToUpper(template), "%EMAIL") && got != template {
			t.Errorf("%q became %q", template, got)
		}
		if canonical(canonical(template)) != canonical(template) {
			t.Errorf("canonical(%q) isn't its own", template)
		}
		if host, ok := hostTemplate(template); ok {
			if again, ok := hostTemplate(host); !ok || again != host {
				t.Errorf("%q: %q, then %q", template, host, again)
			}
		}
	})
}

// checkReadError checks that an error names a place that exists, in text that can be
// shown.
func checkReadError(t *testing.T, err error, text []byte) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reason == "" {
		t.Fatalf("%v (%T)", err, err)
	}
	if most := 1 + strings.Count(string(text), "\n"); e.Line < 0 || e.Line > most {
		t.Errorf("line %d of %d: %v", e.Line, most, err)
	}
	if len(e.Reason) > 1000 || stage.Visible(e.Reason) != e.Reason {
		t.Errorf("%q", e.Reason)
	}
}

// checkDocument checks what the package comment promises.
func checkDocument(t *testing.T, d *Document) {
	t.Helper()
	checkVisible(t, reflect.ValueOf(d))
	modes := []stage.Security{stage.TLS, stage.StartTLS, stage.None}
	if len(d.Servers) > maxServers || len(d.Others) > maxServers || len(d.Problems) > maxProblems {
		t.Errorf("%d servers, %d others, %d problems", len(d.Servers), len(d.Others), len(d.Problems))
	}
	for _, s := range d.Servers {
		if host, ok := hostTemplate(s.Host); !ok || host != s.Host || s.Port == 0 || !slices.Contains(modes, s.Security) {
			t.Errorf("%+v", s)
		}
		at, err := s.At("example.com")
		if host, ok := hostName(at.Host); err == nil && (!ok || host != at.Host) {
			t.Errorf("%+v at example.com is %+v", s, at)
		}
	}
	for _, domain := range slices.Concat(d.Domains, d.MX) {
		if name, ok := hostname.MailDomain(domain); !ok || name != domain || d.Lines[domain] == 0 {
			t.Errorf("%q on line %d", domain, d.Lines[domain])
		}
	}
}

// checkVisible fails for a string that can't be shown, or is too long for anything.
func checkVisible(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkVisible(t, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			checkVisible(t, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkVisible(t, v.Index(i))
		}
	case reflect.String:
		if s := v.String(); stage.Visible(s) != s || len(s) > 10*maxValue {
			t.Errorf("%d bytes: %.100q", len(s), s)
		}
	}
}
