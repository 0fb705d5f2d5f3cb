package dial

import "time"

// Counters are what the kernel knows of a TCP connection.
type Counters struct {
	RoundTrip   time.Duration // its estimate
	Quickest    time.Duration // the shortest so far; zero: it has measured none
	Retransmits int           // segments
}
