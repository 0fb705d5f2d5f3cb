package laboratory

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
)

// publicRoots are causes that need an authority which the whole world trusts. None
// issues certificates for a laboratory, so the program is built with an additional
// root in its list of public ones.
var publicRoots = []scenario{
	{"system-without-new-root", cause.ClientTrustStoreOutdated, nil, func(w *world) []string {
		w.provider()
		return append([]string{user}, w.systemOf(2014)...)
	}},
	{"system-without-new-root-behind-starttls", cause.ClientTrustStoreOutdated, nil, func(w *world) []string {
		w.servesAll(w.issuedBy(w.authority().middle, probetest.Leaf{Names: goodLeaf.Names, SendRoot: true}))
		w.internet(strangers{})
		return append(login("imap://imap.mail.test"), w.systemOf(2014)...)
	}},
	{"system-without-any-root", cause.ClientTrustStoreOutdated, nil, func(w *world) []string {
		w.provider()
		arguments := append([]string{user}, w.systemOf(2014)...)
		w.env = append(w.env, "SSL_CERT_FILE="+filepath.Join(w.dir, "nothing.pem"))
		return arguments
	}},
	{"healthy-system-with-new-root", "", nil, func(w *world) []string {
		w.provider()
		arguments := append([]string{user}, w.systemOf(2014)...)
		w.trusts()
		return arguments
	}},
}

// systemOf makes the laboratory's root a public one, and the customer's system one
// from a year before that. It returns arguments that name another root.
func (w *world) systemOf(year int) []string {
	w.t.Helper()
	if *examined != "" {
		w.t.Skip("a program that was built elsewhere has its own list of public roots")
	}
	w.program = worldly
	public, system := filepath.Join(w.dir, "public.pem"), filepath.Join(w.dir, fmt.Sprintf("system-%d.pem", year))
	write(w.t, public, string(w.authority().root.PEM()))
	write(w.t, system, string(w.newRoot(fmt.Sprintf("Root CA of %d", year)).PEM()))
	w.env = append(w.env, publicRootsFile+"="+public, "SSL_CERT_FILE="+system, "SSL_CERT_DIR="+filepath.Join(w.dir, "none"))
	company := filepath.Join(w.dir, "company.pem")
	write(w.t, company, string(w.newRoot("Company Root").PEM()))
	return []string{"--ca-file", company}
}

// publicRootsFile is the environment variable with further public roots, for
// worldly.
const publicRootsFile = "MAILDOCTOR_LABORATORY_PUBLIC_ROOTS"

// furtherRoots is the file that is added to package tlsinspect in that build.
const furtherRoots = `package tlsinspect

import (
	"os"
	"sync"
)

func init() {
	list := builtin
	builtin = sync.OnceValue(func() publicRoots {
		p := list()
		if b, err := os.ReadFile(os.Getenv("` + publicRootsFile + `")); err == nil {
			p.pool.AppendCertsFromPEM(b)
		}
		return p
	})
}
`

// worldly builds a maildoctor whose list of public roots can be added to, once.
var worldly = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(places(os.Getpid()), "worldly")
	added, err := filepath.Abs("../tlsinspect/laboratory_roots.go")
	if err != nil {
		return "", err
	}
	source, overlay, path := filepath.Join(dir, "roots.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "maildoctor")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{added: source}})
	if err := errors.Join(err, os.MkdirAll(dir, 0o755), os.WriteFile(source, []byte(furtherRoots), 0o644), os.WriteFile(overlay, list, 0o644)); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-overlay", overlay, "-o", path, "maildoctor/cmd/maildoctor").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build -overlay: %w\n%s", err, out)
	}
	return path, nil
})
