package cli

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/export"
)

// exportFlags say in which format settings are exported.
type exportFlags struct {
	as        string
	cert, key string

	form         export.Form // of as, once validated
	certificates []*x509.Certificate
	signer       crypto.Signer // nil: the file is not signed
}

func (f *exportFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.as, "as", "", "write the settings as `FORM`, without a password: "+strings.Join(export.Names(), "|"))
	fs.StringVar(&f.cert, "sign-cert", "", "with --as mobileconfig: sign it with the certificate in `FILE` (PEM, its chain behind it)")
	fs.StringVar(&f.key, "sign-key", "", "with --as mobileconfig: sign it with the key in `FILE` (PEM)")
}

// validate refuses unknown formats before any source is asked for settings.
func (f *exportFlags) validate() error {
	if f.as != "" {
		form, ok := export.Named(f.as)
		if !ok {
			return fault.Usage("--as %q: expected %s", f.as, strings.Join(export.Names(), ", "))
		}
		f.form = form
	}
	switch {
	case f.cert == "" && f.key == "":
		return nil
	case f.as != "mobileconfig":
		return fault.Usage("--sign-cert, --sign-key: expected --as mobileconfig; no other form is signed")
	case f.cert == "" || f.key == "":
		return fault.Usage("--sign-cert, --sign-key: expected both")
	}
	return f.readSigner()
}

func (f *exportFlags) readSigner() error {
	var pem [2][]byte
	for i, name := range []string{f.cert, f.key} {
		var err error
		if pem[i], err = os.ReadFile(name); err != nil {
			return fault.Usage("%s: %s; expected a file in PEM", name, files.Reason(err))
		}
	}
	pair, err := tls.X509KeyPair(pem[0], pem[1])
	if err != nil {
		return fault.Usage("--sign-cert, --sign-key: expected a certificate in PEM and the key that belongs to it, not encrypted")
	}
	for _, der := range pair.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return fault.Usage("--sign-cert %s: expected certificates in PEM", f.cert)
		}
		f.certificates = append(f.certificates, c)
	}
	f.signer, _ = pair.PrivateKey.(crypto.Signer) // X509KeyPair accepts only keys that are signers
	return nil
}

// write writes settings to a new file, or to standard output if name is empty.
// Warnings go to standard error.
func (f *exportFlags) write(s console.Streams, e handover.Settings, name string) error {
	l := s.Language
	used := f.form.Uses(e.Settings)
	notes := slices.DeleteFunc(e.Notes, func(n handover.Note) bool {
		return n.Server != (stage.Endpoint{}) && !slices.ContainsFunc(used, func(v export.Server) bool { return v.Endpoint == n.Server })
	})
	for _, n := range notes {
		e.Remarks = append(e.Remarks, l.Sentence(n.Said))
	}
	file, err := f.file(s, e.Settings, name)
	if err != nil {
		return err
	}
	if name != "" {
		if err := createExport(name, file); err != nil {
			return err
		}
		s.Tell(s.SavedLabel(), say.ExportSaved(prose.Data(name), prose.Data(f.form.At(e.Domain))))
	} else if _, err := s.Out.Write(file); err != nil {
		return fault.Own("%w", err)
	}
	for _, n := range notes {
		if n.Caution {
			s.Tell("  "+l.Title(say.ExportCaution())+"   ", n.Said)
		}
	}
	return nil
}

// file returns the contents of the file of settings for a name.
func (f *exportFlags) file(s console.Streams, settings export.Settings, name string) ([]byte, error) {
	file, err := f.form.Write(settings)
	switch {
	case errors.Is(err, export.ErrNoUserName):
		return nil, fault.Usage("--as %s: %w; expected it by --user NAME", f.as, err)
	case err != nil:
		return nil, fault.Usage("--as %s: %w", f.as, err)
	case f.as == "qr":
		return f.picture(s, settings, name)
	case f.signer == nil:
		return file, nil
	case name == "" && s.OutTerminal:
		return nil, fault.Usage("--sign-key: what is signed can't be shown; expected --output FILE")
	}
	if file, err = export.Sign(file, f.certificates, f.signer); err != nil {
		return nil, fault.Usage("--sign-key: %w; expected an RSA or ECDSA key", err)
	}
	return file, nil
}

// picture returns a QR code in the form for its destination.
func (f *exportFlags) picture(s console.Streams, settings export.Settings, name string) ([]byte, error) {
	c, err := export.Code(settings)
	switch {
	case err != nil:
		return nil, fault.Usage("--as %s: %w", f.as, err)
	case strings.HasSuffix(strings.ToLower(name), ".png"):
		return c.PNG(), nil
	case name == "" && s.ASCII:
		return nil, fault.Usage("--as %s: this console can't draw it; expected --output FILE.png", f.as)
	case name == "" && s.OutTerminal:
		return []byte(c.Terminal()), nil
	}
	return []byte(c.Text()), nil
}

// createExport writes a new file. Only its owner can read it: it contains who logs
// in where, and a password may be added to it. An existing file is never
// overwritten.
func createExport(name string, content []byte) error {
	f, err := files.Create("output", name, files.Private)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Close()); err != nil {
		return fault.Own("--output: %w", err)
	}
	return nil
}
