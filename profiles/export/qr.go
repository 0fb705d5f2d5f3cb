package export

import (
	"bytes"
	"encoding/json"
	"errors"

	"rsc.io/qr"

	"maildoctor/probe/stage"
)

// qrCode is what Thunderbird for Android reads with its camera
// (https://github.com/thunderbird/thunderbird-android/blob/main/feature/migration/qrcode/qr-code-format.md,
// version 1 of the format): JSON in nested arrays. The password, which may stand behind
// the user names, is left out; the program asks for it.
var qrCode = Form{Name: "qr", Place: "Thunderbird for Android: import, scan", takes: all, write: func(s *Settings) (string, error) {
	c, err := Code(*s)
	if err != nil {
		return "", err
	}
	return c.Text(), nil
}}

// QR is a picture that a phone reads.
type QR struct{ code *qr.Code }

// Code makes the picture of settings.
func Code(s Settings) (*QR, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.Address == "" {
		return nil, errNoAddress
	}
	payload, err := payload(&s)
	if err != nil {
		return nil, err
	}
	code, err := qr.Encode(payload, qr.M)
	if err != nil {
		return nil, errors.New("the settings are too long for it")
	}
	return &QR{code}, nil
}

// The numbers of the format: of protocols, of ConnectionSecurity, of AuthenticationType.
const (
	qrFormat   = 1
	qrPlain    = 0
	qrStartTLS = 2
	qrTLS      = 3
	qrPassword = 1
	qrOAuth2   = 6
)

func payload(s *Settings) (string, error) {
	in, out, err := s.both()
	if err != nil {
		return "", err
	}
	if !ascii(s.Address) {
		return "", errors.New("the address has letters beyond ASCII, which the format doesn't take")
	}
	protocol := 0
	if in.Protocol == stage.POP3 {
		protocol = 1
	}
	identity := []any{s.Address, ""} // the second is the name that others see, which nobody has told
	group := []any{qrServer(0, out), identity}
	return compact([]any{qrFormat, []int{1, 1}, qrServer(protocol, in), []any{group}})
}

func qrServer(protocol int, v Server) []any {
	method := qrPassword
	if v.Token {
		method = qrOAuth2
	}
	return []any{protocol, v.Host, v.Port, chosen(v, qrTLS, qrStartTLS, qrPlain), method, v.User}
}

// compact is JSON without what is escaped for HTML alone.
func compact(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
