package diagnose

// egressInquiries are about what stands between this machine and every server.
var egressInquiries []inquiry
