package probetest

import (
	"crypto/tls"
	"time"
)

// Certificate is the kind of certificate of a server of a [Provider].
type Certificate string

const (
	CertGood           Certificate = ""                // under the provider's root, with an intermediate
	CertExpired        Certificate = "expired"         // for ten days
	CertExpiresSoon    Certificate = "expires-soon"    // in five days
	CertNotYetValid    Certificate = "not-yet-valid"   // until tomorrow
	CertOtherName      Certificate = "other-name"      // for the hoster's own name
	CertNoSAN          Certificate = "no-san"          // the name is only in the common name
	CertSelfSigned     Certificate = "self-signed"     // signed with its own key
	CertPrivateCA      Certificate = "private-ca"      // under a root that nobody trusts
	CertNoIntermediate Certificate = "no-intermediate" // only the leaf; its AIA says where to get the issuer
	CertOldIssuer      Certificate = "old-issuer"      // the intermediate has expired
	CertSHA1           Certificate = "sha1"            // signed with SHA-1
	CertRSA1024        Certificate = "rsa-1024"        // an RSA key that is too short
	CertClientOnly     Certificate = "client-only"     // not valid for servers
)

// mint issues certificates of every kind for the servers of a provider.
type mint struct {
	root, middle *CA
	issuers      *Issuers
}

func newMint(issuers *Issuers) (*mint, error) {
	root, err := NewCA("Example Root CA")
	if err != nil {
		return nil, err
	}
	middle, err := root.Intermediate("Example Server CA 1")
	if err != nil {
		return nil, err
	}
	return &mint{root, middle, issuers}, nil
}

// make returns a certificate of a kind for a host.
func (m *mint) make(kind Certificate, host string) (tls.Certificate, error) {
	now := time.Now()
	ca, err := m.authority(kind)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf := Leaf{Names: []string{host}}
	switch kind {
	case CertExpired:
		leaf.NotBefore, leaf.NotAfter = now.AddDate(0, 0, -100), now.AddDate(0, 0, -10)
	case CertExpiresSoon:
		leaf.NotBefore, leaf.NotAfter = now.AddDate(0, 0, -85), now.AddDate(0, 0, 5)
	case CertNotYetValid:
		leaf.NotBefore = now.AddDate(0, 0, 1)
	case CertOtherName:
		leaf.Names = []string{"server7.hosting.test", "*.hosting.test"}
	case CertNoSAN:
		leaf.NoSAN = true
	case CertSelfSigned:
		leaf.SelfSigned = true
	case CertNoIntermediate:
		leaf.OmitIntermediate, leaf.AIA = true, m.issuers.URL(m.middle)
	case CertSHA1:
		leaf.SHA1 = true
	case CertRSA1024:
		leaf.Key = RSA1024
	case CertClientOnly:
		leaf.ClientOnly = true
	}
	return ca.Issue(leaf)
}

// authority returns the issuer for a kind.
func (m *mint) authority(kind Certificate) (*CA, error) {
	switch kind {
	case CertPrivateCA:
		private, err := NewCA("Example Company Internal Root")
		if err != nil {
			return nil, err
		}
		return private.Intermediate("Example Company Internal CA")
	case CertOldIssuer:
		now := time.Now()
		return m.root.IntermediateAuthority("Example Server CA 0", Authority{NotBefore: now.AddDate(-3, 0, 0), NotAfter: now.AddDate(0, -1, 0)})
	}
	return m.middle, nil
}
