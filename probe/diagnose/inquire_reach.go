package diagnose

// reachInquiries are about connections that nobody took.
var reachInquiries []inquiry
