package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "c4n4ry-Passw0rt"

// holders returns values that contain a Secret somewhere.
func holders() map[string]any {
	s := NewSecret(canary)
	type inner struct{ secret Secret }
	type outer struct {
		Name  string
		inner inner
		P     *inner
	}
	req := Request{User: "jane", Secret: s}
	out := map[string]any{
		"itself":             s,
		"pointer":            &s,
		"unexported field":   inner{s},
		"pointer to a field": &inner{s},
		"nested":             outer{"x", inner{s}, &inner{s}},
		"slice":              []Secret{s},
		"array":              [1]inner{{s}},
		"map value":          map[string]Secret{"p": s},
		"map of structs":     map[string]inner{"p": {s}},
		"interface":          []any{s, &s, inner{s}},
		"request":            req,
		"pointer to request": &req,
		"error":              fmt.Errorf("login with %v: %w", s, errors.New("x")),
		"channel of it":      struct{ f func() Secret }{func() Secret { return s }},
	}
	for _, m := range []Mechanism{ScramSHA256, Plain, LoginSASL, CramMD5, XOAuth2, OAuthBearer} {
		c, err := NewClient(m, req)
		if err != nil {
			panic(err)
		}
		c.Start()
		out["client of "+string(m)] = c
	}
	return out
}

// Every formatter prints three asterisks for a Secret, wherever it is.
func TestSecretIsNeverPrinted(t *testing.T) {
	secret := NewSecret(canary)
	for name, v := range holders() {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%10v", "%U"} {
			check(t, secret, name+" as "+verb, fmt.Sprintf(verb, v))
		}
		var text, js bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		slog.New(slog.NewJSONHandler(&js, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		check(t, secret, name+" by slog, text", text.String())
		check(t, secret, name+" by slog, JSON", js.String())
		b, err := json.Marshal(v)
		check(t, secret, name+" by encoding/json", fmt.Sprint(string(b), err))
		check(t, secret, name+" by Println", fmt.Sprintln(v, v))
	}
	if got := fmt.Sprintf("%v %+v %s %q %x", secret, secret, secret, secret, &secret); got != "*** *** *** *** ***" {
		t.Errorf("printed as %s", got)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "p", secret)
	if !strings.HasSuffix(log.String(), " p=***\n") {
		t.Errorf("logged as %s", log.String())
	}
	if b, _ := json.Marshal(map[string]Secret{"p": secret}); string(b) != `{"p":"***"}` {
		t.Errorf("JSON is %s", b)
	}
}

// check fails if text contains the secret in a form that a formatter would print.
func check(t *testing.T, secret Secret, what, text string) {
	t.Helper()
	if secret.In(text) || strings.Contains(text, canary) || strings.Contains(text, fmt.Sprint([]byte(canary)[:4])[1:12]) {
		t.Errorf("%s: %s", what, text)
	}
}

func TestReveal(t *testing.T) {
	if got := NewSecret(canary).Reveal(); got != canary {
		t.Errorf("Reveal: %q", got)
	}
	if !(Secret{}).IsZero() || !NewSecret("").IsZero() || NewSecret("x").IsZero() {
		t.Error("IsZero is wrong")
	}
	if got := (Secret{}).Reveal(); got != "" {
		t.Errorf("the zero Secret reveals %q", got)
	}
}
