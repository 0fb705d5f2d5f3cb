package diagnose

// nameInquiries are about names and who looks them up.
var nameInquiries []inquiry
