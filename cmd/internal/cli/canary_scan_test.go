package cli

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// piece is the length of the shortest part of a canary that counts, in bytes.
// Canaries have no natural words and no hexadecimal letters, so that chance does not
// produce one.
const piece = 5

// scan returns the ways in which text exposes the secret: plain, in other letter
// case, quoted, percent-encoded, in base64 or hex, or in part.
func scan(text, secret string) []string {
	var found []string
	for how, reading := range readings(text) {
		if part := partOf(reading, secret); part != "" {
			found = append(found, fmt.Sprintf("%s: %q", how, part))
		}
	}
	return found
}

// readings are all ways to read a text: as it is, with a report's line breaks
// removed, with the escapes of JSON and URLs decoded, and with base64 and hex
// decoded in any of them.
func readings(text string) map[string]string {
	out := map[string]string{
		"plain":  text,
		"folded": strings.Join(strings.Fields(text), ""),
		"JSON":   jsonStrings(text),
	}
	for _, from := range []string{"plain", "folded", "JSON"} {
		t := out[from]
		out[from+", percent"] = percent(t)
		out[from+", base64"] = decodedBase64(t)
		out[from+", hex"] = decodedHex(t)
	}
	return out
}

// partOf returns a part of the secret that is in text, in any letter case.
func partOf(text, secret string) string {
	low, s := strings.ToLower(text), strings.ToLower(secret)
	for i := 0; i+piece <= len(s); i++ {
		if strings.Contains(low, s[i:i+piece]) {
			return s[i : i+piece]
		}
	}
	return ""
}

// jsonStrings returns the strings of all JSON values in text, unescaped.
func jsonStrings(text string) string {
	var b strings.Builder
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err != nil {
			return b.String()
		}
		if s, ok := token.(string); ok {
			b.WriteString(s + "\n")
		}
	}
}

func percent(text string) string {
	return regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`).ReplaceAllStringFunc(text, func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil {
			return plain
		}
		return s
	})
}

var (
	base64Run = regexp.MustCompile(`[A-Za-z0-9+/_-]{6,}`)
	hexRun    = regexp.MustCompile(`(?:[0-9A-Fa-f]{2}){5,}`)
)

// decodedBase64 decodes every run of letters that can be base64, at each of the four
// alignments.
func decodedBase64(text string) string {
	var b strings.Builder
	for _, run := range base64Run.FindAllString(strings.NewReplacer("-", "+", "_", "/").Replace(text), -1) {
		for shift := range 4 {
			part := run[min(shift, len(run)):]
			decoded, _ := base64.RawStdEncoding.DecodeString(part[:len(part)/4*4])
			b.Write(decoded)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func decodedHex(text string) string {
	var b strings.Builder
	for _, run := range hexRun.FindAllString(text, -1) {
		decoded, _ := hex.DecodeString(run)
		b.Write(decoded)
		b.WriteByte('\n')
	}
	return b.String()
}

// proofs are the parts of what a client sent that are equivalent to the password:
// the lines in base64, digests, and the proofs and nonces of SCRAM.
func proofs(wire string) []string {
	var out []string
	for _, line := range strings.Split(wire, "\r\n") {
		for _, word := range strings.Fields(line) {
			if len(word) < 16 || strings.HasPrefix(word, "SCRAM-") {
				continue
			}
			out = append(out, word)
			decoded, err := base64.StdEncoding.DecodeString(word)
			if err != nil {
				continue
			}
			for _, p := range strings.FieldsFunc(string(decoded), func(r rune) bool { return strings.ContainsRune(" ,\x00\x01", r) }) {
				if len(p) >= 16 {
					out = append(out, p, strings.TrimPrefix(p, "p="))
				}
			}
		}
	}
	return out
}

// The scan finds a secret in each form in which a server can repeat it.
func TestScan(t *testing.T) {
	for name, secret := range canaries {
		for how, text := range map[string]string{
			"plain":        "535 " + secret,
			"upper":        "535 " + strings.ToUpper(secret),
			"cut":          "535 " + secret[:len(secret)/2],
			"quoted":       fmt.Sprintf("%q", secret),
			"JSON":         string(must(json.Marshal([]string{"-ERR " + secret}))),
			"percent":      url.QueryEscape(secret),
			"base64":       base64.StdEncoding.EncodeToString([]byte(secret)),
			"base64 later": "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00"+secret)),
			"base64 amid":  "xy" + base64.StdEncoding.EncodeToString([]byte(secret)),
			"base64 URL":   base64.RawURLEncoding.EncodeToString([]byte("x" + secret)),
			"hex":          hex.EncodeToString([]byte(secret)),
			"wrapped":      secret[:6] + "\n                " + secret[6:],
		} {
			if strings.HasPrefix(how, "upper") && name == "beyond ASCII" {
				continue // other letters may have other lengths
			}
			if len(scan(text, secret)) == 0 {
				t.Errorf("%s, %s: not found in %q", name, how, text)
			}
		}
		if got := scan("535 5.7.8 Error: authentication failed, c07e55d1af", secret); got != nil {
			t.Errorf("%s: found %q where it is not", name, got)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
