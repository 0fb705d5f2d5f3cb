package diagnose

import (
	"fmt"
	"strconv"
)

// Bytes writes a size as people do: "700 MB", "9.5 MB", "1.5 GB". A megabyte is
// 2^20 bytes, as mail programs count. Providers and servers count it either way,
// so a round number of millions is shown as that number too.
func Bytes(n int64) string {
	const kibi, million, mebi, gibi = 1 << 10, 1_000_000, 1 << 20, 1 << 30
	switch {
	case n >= gibi && n%gibi == 0:
		return strconv.FormatInt(n/gibi, 10) + " GB"
	case n >= gibi && n%(1000*million) == 0:
		return strconv.FormatInt(n/(1000*million), 10) + " GB"
	case n >= gibi:
		return fmt.Sprintf("%.1f GB", float64(n)/gibi)
	case n >= mebi && n%mebi == 0:
		return strconv.FormatInt(n/mebi, 10) + " MB"
	case n >= million && n%million == 0:
		return strconv.FormatInt(n/million, 10) + " MB"
	case n >= 10*mebi:
		return fmt.Sprintf("%.0f MB", float64(n)/mebi)
	case n >= mebi:
		return fmt.Sprintf("%.1f MB", float64(n)/mebi)
	case n >= kibi:
		return fmt.Sprintf("%.0f KB", float64(n)/kibi)
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
