package web

import "fmt"

// CertificateError says that a host's certificate is not one that a mail program here
// would accept.
type CertificateError struct {
	Host  string
	Names []string // that the certificate is made out to
	Err   error
}

func (e *CertificateError) Error() string {
	return fmt.Sprintf("the certificate of %s: %v", e.Host, e.Err)
}

func (e *CertificateError) Unwrap() error { return e.Err }
