package export

import (
	"crypto/sha1" // what RFC 9562 section 5.5 names; nothing is protected by it
	"fmt"
)

// namespace is what our UUIDs are made in: a random one, made once.
var namespace = [16]byte{0x5b, 0x0e, 0x7c, 0x1d, 0x2f, 0x94, 0x4a, 0x63, 0x9d, 0x18, 0x6e, 0x42, 0xc3, 0x7f, 0x08, 0xb5}

// nameUUID is the UUID of a text, always the same (RFC 9562 section 5.5, version 5): a
// profile that is written again takes the place of the one on the device.
func nameUUID(text string) string {
	sum := sha1.Sum(append(namespace[:], text...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
