// Package dial opens TCP connections and reports the outcome of each attempt. A [Race]
// dials every address of a host at once. It keeps every outcome, classified by the
// system's error number and, where the system reports it, by the sender of an ICMP
// rejection (RFC 792, RFC 4443). [KernelView] reads the kernel's counters for a
// connection.
package dial
