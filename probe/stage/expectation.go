package stage

// ExpectationID names something that a smoke file can expect of an endpoint. The ids are
// keys of the file, and stable.
type ExpectationID string

// What can be expected. Each is judged by package probe/expect.
const (
	ExpectReachable         ExpectationID = "reachable"                    // by ipv4, ipv6 or both
	ExpectSecurity          ExpectationID = "security"                     // tls, starttls, starttls-if-offered, none
	ExpectTLSMin            ExpectationID = "tls-min"                      // the least TLS version, "1.2"
	ExpectCertificateDays   ExpectationID = "certificate-days"             // the least days until the first certificate of the chain expires
	ExpectCertificateNames  ExpectationID = "certificate-names"            // names that the certificate has
	ExpectCertificateIssuer ExpectationID = "certificate-issuer"           // part of the issuer's name
	ExpectCertificateKey    ExpectationID = "certificate-key-bits"         // the least size of the key in bits, by the security that it stands for
	ExpectStartTLSOffered   ExpectationID = "starttls-offered"             // true or false
	ExpectLoginNeedsTLS     ExpectationID = "login-needs-tls"              // no mechanism is offered before TLS
	ExpectMechanisms        ExpectationID = "mechanisms-offered"           // SASL mechanisms
	ExpectNoMechanisms      ExpectationID = "mechanisms-absent"            // likewise
	ExpectCapabilities      ExpectationID = "capabilities"                 // words of CAPABILITY, CAPA, EHLO
	ExpectLogin             ExpectationID = "login"                        // the account's login is accepted
	ExpectWrongPassword     ExpectationID = "login-refuses-wrong-password" // a login with another password is refused
	ExpectSender            ExpectationID = "sender-accepted"              // MAIL FROM an address is accepted
	ExpectSize              ExpectationID = "size-at-least"                // SIZE of SMTP, in bytes (RFC 1870)
	ExpectQuota             ExpectationID = "quota-below"                  // percent of the mailbox in use
	ExpectNoRelay           ExpectationID = "no-open-relay"                // no mail for a stranger without a login
	ExpectGreeting          ExpectationID = "greeting-within"              // the time from the connection to the greeting
	ExpectReady             ExpectationID = "ready-within"                 // the time from the start to the capabilities or, with a login, to its end
	ExpectDiscovery         ExpectationID = "discovery-agrees"             // what is published names this endpoint
	ExpectNoCause           ExpectationID = "cause-absent"                 // none of these causes is found
)

// Expectation is one thing that is expected of an endpoint.
type Expectation struct {
	ID       ExpectationID       `json:"id"`
	Want     []string            `json:"want"` // the values, in one form: numbers in decimal, bytes, milliseconds; "true" where there is nothing else to say
	Severity ExpectationSeverity `json:"severity"`
	Line     int                 `json:"line,omitempty"` // in the plan's file, from 1
}

// ExpectationSeverity says what an unmet expectation is worth.
type ExpectationSeverity string

const (
	ExpectFail ExpectationSeverity = "fail" // exit code 1
	ExpectWarn ExpectationSeverity = "warn" // exit code 1 with --strict alone
)

// SmokeFile is the file that a plan was made of.
type SmokeFile struct {
	Path   string `json:"path"`   // as typed
	SHA256 string `json:"sha256"` // of its contents, in hex
}
