package published

import "testing"

func TestReadSRV(t *testing.T) {
	for name, c := range map[string]struct {
		in            []SRV
		want          []string
		absent, notes []string
	}{
		"nothing": {},
		"each service": {
			in: []SRV{
				{"_submission", 0, 1, 587, "f.example."},
				{"_submissions", 0, 1, 465, "e.example."},
				{"_pop3", 0, 1, 110, "d.example."},
				{"_pop3s", 0, 1, 995, "c.example."},
				{"_imap", 0, 1, 143, "b.example."},
				{"_imaps", 0, 1, 993, "A.Example."},
			},
			want: []string{
				"imap://a.example:993/tls", "imap://b.example:143/starttls", "pop3://c.example:995/tls",
				"pop3://d.example:110/starttls", "smtp://e.example:465/tls", "smtp://f.example:587/starttls",
			},
		},
		"priority goes before the mode": {
			in:   []SRV{{"_imaps", 10, 1, 993, "a.example."}, {"_imap", 5, 1, 143, "b.example."}},
			want: []string{"imap://b.example:143/starttls", "imap://a.example:993/tls"},
		},
		"the mode goes before the weight": {
			in:   []SRV{{"_imap", 0, 100, 143, "b.example."}, {"_imaps", 0, 1, 993, "a.example."}},
			want: []string{"imap://a.example:993/tls", "imap://b.example:143/starttls"},
		},
		"the heaviest first": {
			in:   []SRV{{"_imaps", 0, 1, 993, "a.example."}, {"_imaps", 0, 60, 993, "b.example."}, {"_imaps", 0, 0, 993, "c.example."}, {"_imaps", 1, 99, 993, "d.example."}},
			want: []string{"imap://b.example:993/tls", "imap://a.example:993/tls", "imap://c.example:993/tls", "imap://d.example:993/tls"},
		},
		"alike: by name, then by port": {
			in:   []SRV{{"_imaps", 0, 0, 993, "b.example."}, {"_imaps", 0, 0, 994, "a.example."}, {"_imaps", 0, 0, 993, "a.example."}},
			want: []string{"imap://a.example:993/tls", "imap://a.example:994/tls", "imap://b.example:993/tls"},
		},
		"twice": {
			in:   []SRV{{"_imaps", 0, 0, 993, "a.example."}, {"_imaps", 9, 0, 993, "A.example"}},
			want: []string{"imap://a.example:993/tls"},
		},
		"other ports":       {in: []SRV{{"_imaps", 0, 0, 10993, "a.example"}, {"_imap", 0, 0, 10143, "a.example"}}, want: []string{"imap://a.example:10993/tls", "imap://a.example:10143/starttls"}},
		"the whole name":    {in: []SRV{{"_IMAPS._tcp", 0, 0, 993, "a.example"}}, want: []string{"imap://a.example:993/tls"}},
		"another service":   {in: []SRV{{"_jmap", 0, 0, 443, "a.example"}}},
		"not offered":       {in: []SRV{{"_pop3", 0, 0, 0, "."}, {"_imaps", 0, 0, 0, "."}}, absent: []string{"_imaps", "_pop3"}},
		"not offered twice": {in: []SRV{{"_pop3", 0, 0, 0, "."}, {"_pop3", 0, 0, 0, "."}}, absent: []string{"_pop3"}},
		"not offered, and offered": {
			in: []SRV{{"_imap", 0, 0, 0, "."}, {"_imap", 0, 0, 143, "a.example."}}, want: []string{"imap://a.example:143/starttls"},
			notes: []string{`_imap: found the target "." beside others, which says that there is no such service`},
		},
		"no name": {
			in:    []SRV{{"_imaps", 0, 0, 993, "192.0.2.1"}, {"_imaps", 0, 0, 0, "a.example."}},
			notes: []string{`ignored: _imaps: found the target "192.0.2.1" and port 993, expected the name of a server and a port`, `ignored: _imaps: found the target "a.example." and port 0, expected the name of a server and a port`},
		},
	} {
		d := ReadSRV(c.in)
		diff(t, name, endpoints(d), c.want)
		diff(t, name, d.NotOffered, c.absent)
		diff(t, name, messages(d), c.notes)
		for _, s := range d.Servers {
			if s.User != FullAddress || s.Deviation != "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// What works on a port goes before what its service promises.
func TestReadSRVDeviations(t *testing.T) {
	for _, c := range []struct {
		in   SRV
		want string
		is   Deviation
	}{
		{SRV{"_submission", 0, 0, 465, "a.example."}, "smtp://a.example:465/tls", TLSPortForStartTLS},
		{SRV{"_imap", 0, 0, 993, "a.example."}, "imap://a.example:993/tls", TLSPortForStartTLS},
		{SRV{"_pop3", 0, 0, 995, "a.example."}, "pop3://a.example:995/tls", TLSPortForStartTLS},
		{SRV{"_submissions", 0, 0, 587, "a.example."}, "smtp://a.example:587/starttls", StartTLSPortForTLS},
		{SRV{"_imaps", 0, 0, 143, "a.example."}, "imap://a.example:143/starttls", StartTLSPortForTLS},
		{SRV{"_pop3s", 0, 0, 110, "a.example."}, "pop3://a.example:110/starttls", StartTLSPortForTLS},
		{SRV{"_submission", 0, 0, 993, "a.example."}, "smtp://a.example:993/starttls", ""}, // of another protocol
	} {
		d := ReadSRV([]SRV{c.in})
		diff(t, c.in.Service, endpoints(d), []string{c.want})
		if got := d.Servers[0].Deviation; got != c.is || (got != "") != (len(d.Problems) == 1) {
			t.Errorf("%+v: %q, %q; want %q", c.in, got, d.Problems, c.is)
		}
	}
	for _, records := range [][]SRV{
		{{"_submission", 0, 0, 465, "a.example."}, {"_submissions", 0, 0, 465, "a.example."}},
		{{"_submission", 0, 0, 465, "a.example."}, {"_submissions", 9, 0, 465, "a.example."}},
	} {
		d := ReadSRV(records)
		diff(t, "under both services", d.Servers, []Server{{Endpoint: endpoint(t, "smtp://a.example:465/tls"), User: FullAddress}})
		diff(t, "under both services", messages(d), []string{"_submission: found port 465, which is for tls"})
	}
}

// The settings don't depend on the order of the records, nor on what is found first.
func TestReadSRVOrder(t *testing.T) {
	records := []SRV{{"_imaps", 1, 0, 993, "a.example"}, {"_imap", 0, 0, 143, "b.example"}, {"_imaps", 0, 7, 993, "c.example"}, {"_imaps", 0, 8, 993, "d.example"}}
	want := endpoints(ReadSRV(records))
	for range records {
		records = append(records[1:], records[0])
		diff(t, "turned", endpoints(ReadSRV(records)), want)
	}
}
