package probetest

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"hash"
	"strings"

	"github.com/xdg-go/scram"
)

// scramIterations is the iteration count of [ScramMany]: hours of computation.
const scramIterations = "2147483647"

// scramServer implements SCRAM (RFC 5802, RFC 7677) with its faults.
type scramServer struct {
	claim
	config *Config
	hash   scram.HashGeneratorFcn
	plus   bool
	state  *tls.ConnectionState
	conv   *scram.ServerConversation
	final  bool // the server's last message has been sent
}

func newScram(c *Config, mechanism string, state *tls.ConnectionState) (exchange, error) {
	s := &scramServer{config: c, state: state, plus: strings.HasSuffix(mechanism, "-PLUS")}
	switch strings.TrimSuffix(mechanism, "-PLUS") {
	case "SCRAM-SHA-1":
		s.hash = scram.SHA1
	case "SCRAM-SHA-256":
		s.hash = scram.SHA256
	case "SCRAM-SHA-512":
		s.hash = scram.SHA512
	default:
		return nil, errMechanism
	}
	return s, nil
}

func (s *scramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if s.final {
		return nil, true, nil
	}
	if s.conv == nil {
		if len(response) == 0 {
			return nil, false, nil
		}
		if err := s.start(string(response)); err != nil {
			return nil, false, err
		}
	}
	text, err := s.conv.Step(string(response))
	s.user = s.conv.Username()
	if err != nil {
		return nil, true, nil // not proved
	}
	if !s.conv.Done() {
		return []byte(s.first(text)), false, nil
	}
	s.final, s.proven = true, s.conv.Valid()
	if s.plus && s.config.has(ScramUnbound) {
		s.proven = false
		return nil, true, nil
	}
	switch {
	case s.config.has(ScramNoProof):
		return nil, true, nil
	case s.config.has(ScramBadProof):
		text = "v=" + base64.StdEncoding.EncodeToString(make([]byte, s.hash().Size()))
	}
	return []byte(text), false, nil
}

// first returns the server's first message, with a huge iteration count if that is the
// fault.
func (s *scramServer) first(text string) string {
	if i := strings.LastIndex(text, ",i="); i > 0 && s.config.has(ScramMany) {
		return text[:i] + ",i=" + scramIterations
	}
	return text
}

// start creates the conversation for a client's first message, which names the type of
// channel binding.
func (s *scramServer) start(first string) error {
	server, err := s.hash.NewServer(s.stored)
	if err != nil {
		return err
	}
	flag, _, _ := strings.Cut(first, ",")
	if s.plus != strings.HasPrefix(flag, "p=") {
		return errExchange
	}
	switch {
	case s.plus:
		binding, err := s.binding(strings.TrimPrefix(flag, "p="))
		if err != nil {
			return err
		}
		s.conv = server.NewConversationWithChannelBindingRequired(binding)
	case s.offersPlus():
		// "y" is then a downgrade (RFC 5802 6); the binding data are not used.
		s.conv = server.NewConversationWithChannelBinding(scram.NewTLSUniqueBinding([]byte{1}))
	default:
		s.conv = server.NewConversation()
	}
	return nil
}

func (s *scramServer) offersPlus() bool {
	for _, m := range offered(s.config, s.state != nil) {
		if strings.HasSuffix(m, "-PLUS") {
			return true
		}
	}
	return false
}

// binding returns the data for a type of channel binding on this connection.
func (s *scramServer) binding(kind string) (scram.ChannelBinding, error) {
	switch scram.ChannelBindingType(kind) {
	case scram.ChannelBindingTLSExporter:
		return scram.NewTLSExporterBinding(s.state)
	case scram.ChannelBindingTLSServerEndpoint:
		if len(s.config.TLS.Certificates) == 0 {
			return scram.ChannelBinding{}, errors.New("no certificate to bind to")
		}
		cert, err := x509.ParseCertificate(s.config.TLS.Certificates[0].Certificate[0])
		if err != nil {
			return scram.ChannelBinding{}, err
		}
		return scram.ChannelBinding{Type: scram.ChannelBindingTLSServerEndpoint, Data: endpointHash(cert)}, nil
	}
	return scram.ChannelBinding{}, errExchange
}

// endpointHash returns the hash of a certificate according to RFC 5929 4.1: that of its
// signature algorithm, or SHA-256 instead of MD5 and SHA-1.
func endpointHash(cert *x509.Certificate) []byte {
	var h hash.Hash
	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		h = sha512.New384()
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		h = sha512.New()
	default:
		h = sha256.New()
	}
	h.Write(cert.Raw)
	return h.Sum(nil)
}

// stored returns what a server stores for a user's password.
func (s *scramServer) stored(user string) (scram.StoredCredentials, error) {
	password, known := s.config.Users[user]
	if !known {
		return scram.StoredCredentials{}, errors.New("no such user")
	}
	client, err := s.hash.NewClient(user, password, "")
	if err != nil { // a password that SASLprep forbids
		if client, err = s.hash.NewClientUnprepped(user, password, ""); err != nil {
			return scram.StoredCredentials{}, err
		}
	}
	salt := bytes.Repeat([]byte("salt"), 4)
	return client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: string(salt), Iters: s.config.Iterations})
}
