package web

import "fmt"

// CertificateError says that a mail program on this machine would not accept a host's
// certificate.
type CertificateError struct {
	Host  string
	Names []string // names in the certificate
	Leaf  []byte   // the certificate in DER
	Err   error
}

func (e *CertificateError) Error() string {
	return fmt.Sprintf("the certificate of %s: %v", e.Host, e.Err)
}

func (e *CertificateError) Unwrap() error { return e.Err }
