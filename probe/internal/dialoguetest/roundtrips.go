package dialoguetest

import (
	"net"
	"testing"
	"time"
)

// Leg is a part of a dialogue, with the number of one-way trips that it may take.
type Leg struct {
	Name string
	Ways time.Duration
	Go   func() error
}

// RoundTrips fails the test unless each leg of a dialogue with server takes exactly its
// number of trips.
func RoundTrips(t *testing.T, server func(net.Conn), legs func(*testing.T, *Talk) []Leg) {
	t.Helper()
	const way = 50 * time.Millisecond
	ServeFrom(t, way, server, func(t *testing.T, talk *Talk) {
		for _, leg := range legs(t, talk) {
			start := time.Now()
			if err := leg.Go(); err != nil {
				t.Fatalf("%s: %v", leg.Name, err)
			}
			if took := time.Since(start); took != leg.Ways*way {
				t.Errorf("%s took %v, want %v", leg.Name, took, leg.Ways*way)
			}
		}
	})
}
