package profiles

import (
	"math/big"
	"regexp"
	"strings"
)

// maxSize is the largest plausible limit: 1 PiB.
const maxSize = 1 << 50

var sizePattern = regexp.MustCompile(`^([0-9]{1,15}(?:\.[0-9]{1,3})?) ?(B|[KMGT]i?B)$`)

// units are the numbers of bytes in providers' units: powers of two, see the package
// comment.
var units = map[string]int64{"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}

// ParseSize parses a size such as "700 MB" into bytes, rounded down; ok is false for
// anything else, for zero and beyond maxSize.
func ParseSize(s string) (bytes int64, ok bool) {
	m := sizePattern.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	// A rational number, because 1.1 GB as a float is a byte off.
	n, _ := new(big.Rat).SetString(m[1])
	n.Mul(n, new(big.Rat).SetInt64(units[strings.Replace(m[2], "i", "", 1)]))
	b := new(big.Int).Quo(n.Num(), n.Denom())
	if !b.IsInt64() || b.Int64() < 1 || b.Int64() > maxSize {
		return 0, false
	}
	return b.Int64(), true
}
