package profiles

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"maildoctor/probe/stage"
)

// What people mistype, and what was meant.
func TestSlips(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for typed, meant := range map[string]string{
		"gmial.com": "gmail.com", "gamil.com": "gmail.com", "gmal.com": "gmail.com", "gmil.com": "gmail.com", "gmai.com": "gmail.com",
		"gmaill.com": "gmail.com", "ggmail.com": "gmail.com", "gnail.com": "gmail.com", "gmsil.com": "gmail.com", "gmaul.com": "gmail.com",
		"gmail.con": "gmail.com", "gmail.cmo": "gmail.com", "gmail.comm": "gmail.com", "gmail.vom": "gmail.com", "gmail.cpm": "gmail.com",
		"gmial.con":   "gmail.com",
		"hotnail.com": "hotmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "homtail.com": "hotmail.com",
		"hotmaill.com": "hotmail.com", "hitmail.com": "hotmail.com", "hotmai.com": "hotmail.com", "hotmail.con": "hotmail.com",
		"yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "yhaoo.com": "yahoo.com", "yahoo.ocm": "yahoo.com", "yahoo.co.ku": "yahoo.co.uk",
		"outlok.com": "outlook.com", "outloook.com": "outlook.com", "otulook.com": "outlook.com", "outllok.com": "outlook.com",
		"iclould.com": "icloud.com", "icoud.com": "icloud.com", "iclodu.com": "icloud.com",
		"comcats.net": "comcast.net", "comcast.ent": "comcast.net", "verzion.net": "verizon.net", "bellsoth.net": "bellsouth.net",
		"alo.com": "aol.com", "aool.com": "aol.com", "gxm.de": "gmx.de", "gmmx.net": "gmx.net", "wbe.de": "web.de", "web.ed": "web.de",
		"t-onlien.de": "t-online.de", "tonline.de": "t-online.de", "freent.de": "freenet.de", "oragne.fr": "orange.fr", "wanado.fr": "wanadoo.fr",
		"libreo.it": "libero.it", "virgiio.it": "virgilio.it", "centurylnik.net": "centurylink.net", "imap.gmail.com": "gmail.com",
	} {
		if got := c.Near(typed); !slices.Contains(got, meant) {
			t.Errorf("%s: %q; want %s", typed, got, meant)
		}
	}
}

// Names that are nobody's slip: real domains near known ones, and other public suffixes.
func TestNoSlips(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"plus.net", "yahoo.co.jp.example", "gmail.org", "gmail.co", "q.net", "x.com", "me.org", "bt.org", "sky.net", "web.com", "aol.net",
		"main.com", "mall.com", "male.com", "mai.com", "fail.com", "hey.net", "key.com", "may.com", "ba.com", "bp.com", "tim.org", "tin.com",
		"tuba.com", "duna.io", "posted.de", "coop.com", "cos.net", "box.net", "fox.net", "sap.pt", "ocean.ne.jp", "ovn.net", "bolt.com.br",
		"stratos.com", "optimal.com", "hustle.com", "example.com", "foo.test", "mac.net", "onets.pl", "seznamka.cz", "orange.com", "free.com",
		"zen.co.uk", "eclipse.co.uk", "telia.com", "sunrise.ch", "hetnet.de", "skynet.com",
	} {
		if m, err := c.Find(name); err == nil {
			t.Errorf("%s belongs to %s: not a case", name, m.Profile.ID)
		}
		if got := c.Near(name); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Random names are not taken for slips: at most one of a hundred.
func TestRandomNames(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(9, 26))
	one := func(of string) string { i := random.IntN(len(of)); return of[i : i+1] }
	suffixes := []string{"com", "com", "com", "net", "net", "org", "de", "co.uk", "fr", "it", "jp", "pl"}
	const names = 1000
	near := 0
	for range names {
		name := ""
		for range 1 + random.IntN(3) {
			name += one("bcdfghklmnprstvwz") + one("aeiou") + []string{"", "", one("lmnrstx")}[random.IntN(3)]
		}
		if got := c.Near(name + "." + suffixes[random.IntN(len(suffixes))]); got != nil {
			near++
		}
	}
	if near > names/100 {
		t.Errorf("%d of %d random names", near, names)
	}
	t.Logf("%d of %d random names", near, names)
}

// A server's name that leads nowhere may be one of a known profile, mistyped or under
// another public suffix.
func TestServerSlips(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string][]string{
		"imap.gmial.com":       {"imap.gmail.com"},
		"impa.gmail.com":       {"imap.gmail.com"},
		"imap.gmail.con":       {"imap.gmail.com"},
		"imapgmail.com":        {"imap.gmail.com"},
		"imap.gmailcom":        {"imap.gmail.com"},
		"imap.gmx.de":          {"imap.gmx.com", "imap.gmx.net"},
		"imap.gmx.ent":         {"imap.gmx.net"},
		"imap.mail.yaho.com":   {"imap.mail.yahoo.com"},
		"outlook.offce365.com": {"outlook.office365.com"},
		"mail.centurylink.com": {"mail.centurylink.net"},
		"mail.foo.org":         nil,
		"imap.example.com":     nil,
		"imap.fail.com":        nil,
	} {
		var got []string
		for _, e := range c.NearServers(stage.IMAP, typed) {
			got = append(got, e.Host)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// A list of thousands of unknown names is looked up without reading the catalogue each
// time, and by several at once.
func TestNearIsReadOnce(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { c.Near("gmial.com") })
		all.Go(func() { c.NearServers(stage.IMAP, "imap.gmial.com") })
	}
	all.Wait()
	const times = 20
	if n := testing.AllocsPerRun(times, func() { c.NearServers(stage.IMAP, "imap.gmial.com") }); n > 300 {
		t.Errorf("%v allocations to look up a server", n)
	}
	if n := testing.AllocsPerRun(times, func() { c.Near("gmial.com") }); n > 600 {
		t.Errorf("%v allocations to look up a domain", n)
	}
}
