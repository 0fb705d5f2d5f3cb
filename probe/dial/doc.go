// Package dial opens TCP connections and tells what became of each attempt. A
// [Race] dials every address of a host at once and keeps every outcome, classified
// by the system's error number and by who sent the rejection, where the system
// tells (RFC 792, RFC 4443). [KernelView] reads what the kernel counted on a
// connection.
package dial
