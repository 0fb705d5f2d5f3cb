package auth

import (
	"crypto/tls"
	"strings"

	"github.com/xdg-go/scram"
)

// binds reports whether the mechanism binds the login to the TLS channel.
func (m Mechanism) binds() bool { return strings.HasSuffix(string(m), "-PLUS") }

// bindingOf returns the channel binding for the connection: tls-exporter for TLS 1.3
// (RFC 9266), where it is the default, and tls-server-end-point (RFC 5929 4) for older
// versions. The exporter of TLS 1.2 is unique only with an extended master secret (RFC
// 9266 4.2), and crypto/tls refuses it otherwise.
func bindingOf(state *tls.ConnectionState) (scram.ChannelBinding, bool) {
	if state == nil || !state.HandshakeComplete {
		return scram.ChannelBinding{}, false
	}
	ways := []func(*tls.ConnectionState) (scram.ChannelBinding, error){
		scram.NewTLSExporterBinding, scram.NewTLSServerEndpointBinding,
	}
	if state.Version < tls.VersionTLS13 {
		ways[0], ways[1] = ways[1], ways[0]
	}
	for _, way := range ways {
		if b, err := way(state); err == nil && b.IsSupported() {
			return b, true
		}
	}
	return scram.ChannelBinding{}, false
}
