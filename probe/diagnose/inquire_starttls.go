package diagnose

// startTLSInquiries are about what is said before TLS.
var startTLSInquiries []inquiry
