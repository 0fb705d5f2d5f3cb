package programs

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Dated is the day on which the tables of this package were last reviewed.
const Dated = "2026-11-30"

// ID names a kind of programs. Ids are stable, because they appear in JSON.
type ID string

// The kinds of programs.
const (
	OldDevices  ID = "tls-1.0-rsa"
	TLS10       ID = "tls-1.0"
	TLS11       ID = "tls-1.1"
	NoCurves    ID = "rsa-key-exchange"
	TLS12       ID = "tls-1.2"
	NoName      ID = "no-sni"
	IPv4Only    ID = "ipv4"
	Strict      ID = "strict-x509"
	OldRootList ID = "old-roots"
)

// Kind is a kind of programs that differ from current ones in one respect.
type Kind struct {
	ID      ID
	Who     prose.Value // which programs these are, and how they differ
	Sources []string    // where that is documented
	Date    string      // YYYY or YYYY-MM: the date to which the sources apply

	hello stage.Hello // the handshake that represents them; the usual one: judge by the run's own
	least string      // the oldest version of TLS that they accept; empty: any
	judge func(exam, Kind) Judgement
}

// kinds lists them all, the least capable first.
var kinds = []Kind{
	{
		ID: OldDevices, Who: say.ProgramOldDevices(), Date: "2022",
		Sources: []string{"https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/opt-in-exchange-online-endpoint-for-legacy-tls-using-smtp-auth"},
		hello:   stage.HelloTLS10RSA, judge: exam.handshake,
	},
	{
		ID: TLS10, Who: say.ProgramTLS10(), Date: "2016-07",
		Sources: []string{"https://support.microsoft.com/en-us/kb/3140245", "https://developer.android.com/reference/javax/net/ssl/SSLSocket"},
		hello:   stage.HelloTLS10, judge: exam.handshake,
	},
	{
		ID: TLS11, Who: say.ProgramTLS11(), Date: "2021-03",
		Sources: []string{"https://www.rfc-editor.org/rfc/rfc8996"},
		hello:   stage.HelloTLS11, judge: exam.handshake,
	},
	{
		ID: NoCurves, Who: say.ProgramNoCurves(), Date: "2025-02",
		Sources: []string{"http://kmeys.com/shuma/202502/141175.html"},
		hello:   stage.HelloRSA, judge: exam.handshake,
	},
	{
		ID: TLS12, Who: say.ProgramTLS12(), Date: "2024",
		Sources: []string{"https://learn.microsoft.com/en-us/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-"},
		hello:   stage.HelloTLS12, least: "TLS 1.2", judge: exam.handshake,
	},
	{
		ID: NoName, Who: say.ProgramNoName(), Date: "2011-07",
		Sources: []string{"https://docs.oracle.com/javase/7/docs/technotes/guides/security/enhancements-7.html", "https://caniuse.com/sni"},
		hello:   stage.HelloNoName, judge: exam.handshake,
	},
	{
		ID: IPv4Only, Who: say.ProgramIPv4(), Date: "2012-04",
		Sources: []string{"https://www.rfc-editor.org/rfc/rfc6540"},
		judge:   exam.ipv4,
	},
	{
		ID: Strict, Who: say.ProgramStrict(), Date: "2024-10",
		Sources: []string{"https://docs.python.org/3/whatsnew/3.13.html#ssl"},
		judge:   exam.strict,
	},
	{
		ID: OldRootList, Who: say.ProgramOldRoots(), Date: Dated[:7],
		Sources: []string{letsEncrypt, userTrust, sectigo},
		judge:   exam.roots,
	},
}
