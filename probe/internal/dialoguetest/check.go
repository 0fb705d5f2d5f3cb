package dialoguetest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	"maildoctor/probe/stage"
)

// Fault returns the fault of a stage's error, or "" for nil. It fails the test for an
// error that is not a *stage.Error.
func Fault(t *testing.T, err error) stage.Fault {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		t.Fatalf("%T is no *stage.Error: %v", err, err)
	}
	return e.Fault
}

// WantFault fails the test unless err has the fault. "" stands for no error.
func WantFault(t *testing.T, err error, want stage.Fault) {
	t.Helper()
	if got := Fault(t, err); got != want {
		t.Errorf("fault %q (%v), want %q", got, err, want)
	}
}

// Encode returns v as it would be saved.
func Encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Base64 encodes as the protocols do.
func Base64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
