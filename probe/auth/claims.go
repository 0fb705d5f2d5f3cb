package auth

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
)

// Limits on what is read of a token.
const (
	maxClaims    = 16 << 10 // bytes in its payload
	maxAudiences = 4
)

// Claims returns the audience and the expiry of an access token that is a JSON Web
// Token (RFC 9068 2.2). The signature is not verified, and nothing else is read. Both
// results are empty if the token can't be parsed, as is the case for most.
func (s Secret) Claims() (audience []string, expires time.Time) {
	parts := strings.Split(s.Reveal(), ".")
	if len(parts) != 3 || len(parts[1]) > maxClaims {
		return nil, time.Time{}
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, time.Time{}
	}
	var in struct {
		Audience any     `json:"aud"`
		Expires  float64 `json:"exp"`
	}
	// A claim of the wrong type is an error, but the others are decoded.
	_ = json.Unmarshal(text, &in)
	if in.Expires > 0 && in.Expires < math.MaxInt32*8 {
		expires = time.Unix(int64(in.Expires), 0).UTC()
	}
	return s.audiences(in.Audience), expires
}

// audiences returns the claim aud, which is one name or a list (RFC 7519 4.1.3).
func (s Secret) audiences(claim any) []string {
	var out []string
	list, ok := claim.([]any)
	if !ok {
		list = []any{claim}
	}
	for _, one := range list[:min(len(list), maxAudiences)] {
		name, ok := one.(string)
		if name = short(name); ok && name != "" && !s.In(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
