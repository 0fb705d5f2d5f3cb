package published

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrNotPACC is returned for a TXT record that is about something else.
var ErrNotPACC = errors.New("it is no record of PACC, which begins with v=UAAC1")

// PACCDigest reports whether a TXT record of _ua-auto-config.DOMAIN, its strings put
// together, names the digest of a file, which has to be given byte for byte
// (draft-ietf-mailmaint-pacc): v=UAAC1; a=sha256; d= and the digest in base64. Tags may
// come in any order, and unknown ones are passed over. There may be several records
// while a file is being changed: one of them has to match.
func PACCDigest(txt string, body []byte) (ok bool, err error) {
	tags := map[string]string{}
	for tag := range strings.SplitSeq(txt, ";") {
		name, value, _ := strings.Cut(tag, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := tags[name]; twice && name != "" {
			return false, fmt.Errorf("the record has %s= twice", quote(name))
		}
		tags[name] = strings.TrimSpace(value)
	}
	if !strings.EqualFold(tags["v"], "UAAC1") {
		return false, ErrNotPACC
	}
	if !strings.EqualFold(tags["a"], "sha256") {
		return false, fmt.Errorf("the record has the algorithm %s, expected a=sha256", quote(tags["a"]))
	}
	digest, err := base64.StdEncoding.DecodeString(tags["d"])
	if err != nil || len(digest) != sha256.Size {
		return false, fmt.Errorf("the record has the digest %s, expected the %d bytes of SHA-256 in base64", quote(tags["d"]), sha256.Size)
	}
	sum := sha256.Sum256(body)
	return subtle.ConstantTimeCompare(digest, sum[:]) == 1, nil
}

// PACCRecord returns the TXT record for a file.
func PACCRecord(body []byte) string {
	sum := sha256.Sum256(body)
	return "v=UAAC1; a=sha256; d=" + base64.StdEncoding.EncodeToString(sum[:])
}
