package tlsinspect

import (
	"crypto/tls"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// offer is what an old ClientHello offers: a maximum version, and cipher suites.
type offer struct {
	version uint16
	suites  []suite
}

// offerOf returns the offer for a form of the ClientHello.
func offerOf(h stage.Hello) offer {
	switch h {
	case stage.HelloTLS10:
		return offer{tls.VersionTLS10, oldSuites}
	case stage.HelloTLS11:
		return offer{tls.VersionTLS11, oldSuites}
	case stage.HelloRSA:
		return offer{tls.VersionTLS12, rsaSuites}
	case stage.HelloTLS10RSA:
		return offer{tls.VersionTLS10, rsaSuites}
	}
	return offer{tls.VersionTLS12, oldSuites}
}

// rsaSuites are the suites of devices without any other key exchange: the premaster
// secret is encrypted with the server's RSA key (RFC 5246 7.4.7.1).
var rsaSuites = slices.DeleteFunc(slices.Clone(oldSuites), func(s suite) bool {
	rest, byRSA := strings.CutPrefix(s.name, "TLS_RSA_WITH_")
	return !byRSA || !slices.ContainsFunc([]string{"AES_", "3DES_", "RC4_"}, func(cipher string) bool {
		return strings.HasPrefix(rest, cipher)
	})
})
