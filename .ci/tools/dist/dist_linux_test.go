package main

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const repository = "../../.."

var here = target{"linux", runtime.GOARCH}

// out is where TestMain has everything made for this machine, once.
var out string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	os.Setenv("SOURCE_DATE_EPOCH", "1800000000")
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	out = filepath.Join(dir, "dist")
	if err := makeHere(repository, out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// makeHere makes everything for this machine out of the source in root.
func makeHere(root, out string) error {
	r := release{root: root, out: out, roots: "/usr/share/ca-certificates/mozilla", anonymous: true}
	return r.make(here.String())
}

func content(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// only returns the one file that the pattern matches.
func only(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %q, %v; want one file", pattern, names, err)
	}
	return names[0]
}

// The same source in another directory gives the same bytes, and SHA256SUMS has all.
func TestReproducible(t *testing.T) {
	copied := t.TempDir()
	for _, dir := range []string{"cmd", "probe", "profiles", "report"} {
		if err := os.CopyFS(filepath.Join(copied, dir), os.DirFS(filepath.Join(repository, dir))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "LICENSE", "README.md"} {
		if err := os.WriteFile(filepath.Join(copied, name), content(t, filepath.Join(repository, name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := filepath.Join(copied, "dist")
	if err := makeHere(copied, second); err != nil {
		t.Fatal(err)
	}
	sums := string(content(t, filepath.Join(out, "SHA256SUMS")))
	if again := string(content(t, filepath.Join(second, "SHA256SUMS"))); again != sums {
		t.Errorf("made once:\n%smade elsewhere:\n%s", sums, again)
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%v, %v; want an archive, an image and SHA256SUMS", entries, err)
	}
	for _, e := range entries {
		sum := fmt.Sprintf("%x  %s\n", sha256.Sum256(content(t, filepath.Join(out, e.Name()))), e.Name())
		if e.Name() != "SHA256SUMS" && !strings.Contains(sums, sum) {
			t.Errorf("SHA256SUMS has no %q", sum)
		}
	}
	program := members(t, content(t, only(t, filepath.Join(out, "*.tar.gz"))))
	for name, f := range program {
		if bytes.Contains(f.data, []byte(copied)) || bytes.Contains(f.data, []byte(os.Getenv("HOME")+"/")) && os.Getenv("HOME") != "" {
			t.Errorf("%s names a directory of this machine", name)
		}
	}
}

// members reads a tar file, packed or not. All must be root's and of one time.
func members(t *testing.T, b []byte) map[string]file {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
		r = z
	}
	all := map[string]file{}
	last := ""
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || !h.ModTime.Equal(time.Unix(1800000000, 0)) || h.Name < last {
			t.Errorf("%s: owner %d:%d %q, time %v, after %s; want root's, the commit's time, sorted", h.Name, h.Uid, h.Gid, h.Uname, h.ModTime, last)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		last, all[h.Name] = h.Name, file{h.Name, h.Mode, data}
	}
}

func TestArchive(t *testing.T) {
	all := members(t, content(t, only(t, filepath.Join(out, "*.tar.gz"))))
	var names []string
	for name := range all {
		_, name, _ = strings.Cut(name, "/")
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"LICENSE", "README.md", "THIRD-PARTY.txt", "maildoctor"}; !slices.Equal(names, want) {
		t.Errorf("it has %q; want %q", names, want)
	}
	for name, f := range all {
		if strings.HasSuffix(name, "/maildoctor") && f.mode != 0o755 || strings.HasSuffix(name, ".md") && f.mode != 0o644 {
			t.Errorf("%s has mode %o", name, f.mode)
		}
		if strings.HasSuffix(name, "/THIRD-PARTY.txt") {
			for _, want := range []string{"== Go\n", "== github.com/miekg/dns@", "== github.com/emersion/go-imap/v2@", "Mozilla Public License", "Redistribution and use"} {
				if !strings.Contains(string(f.data), want) {
					t.Errorf("%s lacks %q", name, want)
				}
			}
		}
	}
}

func TestZip(t *testing.T) {
	at := time.Unix(1800000000, 0).UTC()
	var once, again bytes.Buffer
	if err := zipped(&once, []file{{"b", 0o644, []byte("two")}, {"a.exe", 0o755, []byte("one")}}, at); err != nil {
		t.Fatal(err)
	}
	if err := zipped(&again, []file{{"a.exe", 0o755, []byte("one")}, {"b", 0o644, []byte("two")}}, at); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("the order of the files matters")
	}
	z, err := zip.NewReader(bytes.NewReader(once.Bytes()), int64(once.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 2 || z.File[0].Name != "a.exe" || z.File[0].Mode() != 0o755 || !z.File[0].Modified.Equal(at) {
		t.Errorf("%+v", z.File[0])
	}
}

func TestChosen(t *testing.T) {
	if all, err := chosen(""); err != nil || len(all) != 6 {
		t.Errorf("%v, %v; want six targets", all, err)
	}
	if some, err := chosen("windows/arm64,linux/amd64"); err != nil || len(some) != 2 || some[0].program() != "maildoctor.exe" {
		t.Errorf("%v, %v", some, err)
	}
	if _, err := chosen("linux/amd64,plan9/amd64"); err == nil || !strings.Contains(err.Error(), `"plan9/amd64"`) {
		t.Errorf("%v; want it to name plan9/amd64", err)
	}
}

// Roots that were added to this machine, or a directory that has none, make no image.
func TestRootListMissing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.crt"), []byte("-----BEGIN CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rootList(dir); err == nil || !strings.Contains(err.Error(), "ca-certificates") {
		t.Errorf("%v; want an error that names the package", err)
	}
}

// descriptor is what image-spec descriptor.md says, as far as it is used here.
type descriptor struct {
	MediaType string
	Digest    string
	Size      int64
	Platform  struct{ OS, Architecture string }
}

// blob returns what d describes. Its media type, digest and size must be right.
func blob(t *testing.T, all map[string]file, d descriptor, mediaType string) []byte {
	t.Helper()
	if d.MediaType != mediaType {
		t.Errorf("%s has the media type %s; want %s", d.Digest, d.MediaType, mediaType)
	}
	sum, ok := strings.CutPrefix(d.Digest, "sha256:")
	f, found := all["blobs/sha256/"+sum]
	if !ok || !found {
		t.Fatalf("there is no blob %s", d.Digest)
	}
	if got := sha256.Sum256(f.data); hex.EncodeToString(got[:]) != sum || int64(len(f.data)) != d.Size {
		t.Errorf("%s has the digest %x and %d bytes; described are %d", d.Digest, got, len(f.data), d.Size)
	}
	return f.data
}

func decode[T any](t *testing.T, b []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The image is a layout as image-spec says (image-layout.md, manifest.md, config.md),
// read here by other means than it was written with.
func TestImageLayout(t *testing.T) {
	all := members(t, content(t, only(t, filepath.Join(out, "*_image.tar"))))
	if got := string(all["oci-layout"].data); !strings.Contains(got, `"imageLayoutVersion": "1.0.0"`) {
		t.Errorf("oci-layout: %s", got)
	}
	const oci = "application/vnd.oci.image."
	index := decode[struct {
		SchemaVersion int
		Manifests     []descriptor
	}](t, all["index.json"].data)
	if index.SchemaVersion != 2 || len(index.Manifests) != 1 {
		t.Fatalf("index.json: %+v", index)
	}
	if p := index.Manifests[0].Platform; p.OS != here.os || p.Architecture != here.arch {
		t.Errorf("the platform is %+v", p)
	}
	manifest := decode[struct {
		Config descriptor
		Layers []descriptor
	}](t, blob(t, all, index.Manifests[0], oci+"manifest.v1+json"))
	config := decode[v1.ConfigFile](t, blob(t, all, manifest.Config, oci+"config.v1+json"))
	if len(manifest.Layers) != 2 || len(config.RootFS.DiffIDs) != 2 {
		t.Fatalf("%d layers, %d diff ids; want two", len(manifest.Layers), len(config.RootFS.DiffIDs))
	}
	for i, l := range manifest.Layers {
		packed := blob(t, all, l, oci+"layer.v1.tar+gzip")
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		layer, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(layer); hex.EncodeToString(got[:]) != config.RootFS.DiffIDs[i].Hex {
			t.Errorf("layer %d unpacked has the digest %x; the configuration says %s", i, got, config.RootFS.DiffIDs[i])
		}
	}
	if c := config.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/usr/bin/maildoctor"}) || config.Architecture != here.arch {
		t.Errorf("it runs %q as %s on %s", c.Entrypoint, c.User, config.Architecture)
	}
	docker := decode[[]struct{ Config, RepoTags, Layers any }](t, all["manifest.json"].data)
	if len(docker) != 1 || docker[0].Config != "blobs/sha256/"+strings.TrimPrefix(manifest.Config.Digest, "sha256:") {
		t.Errorf("manifest.json: %+v", docker)
	}
	validated(t, all)
}

// validated holds the image against the library's own checks.
func validated(t *testing.T, all map[string]file) {
	t.Helper()
	dir := t.TempDir()
	unpack(t, dir, all)
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
}

func unpack(t *testing.T, dir string, all map[string]file) {
	t.Helper()
	for name, f := range all {
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			path, f.data = filepath.Join(path, "."), nil
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.data, os.FileMode(f.mode)); err != nil {
			t.Fatal(err)
		}
	}
}

// unpackedImage returns a directory with the file system that the image describes.
func unpackedImage(t *testing.T) string {
	t.Helper()
	all := members(t, content(t, only(t, filepath.Join(out, "*_image.tar"))))
	root, err := os.MkdirTemp("", "image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil { // for the unprivileged user
		t.Fatal(err)
	}
	for _, e := range decode[[]struct{ Layers []string }](t, all["manifest.json"].data) {
		for _, name := range e.Layers {
			unpack(t, root, members(t, all[name].data))
		}
	}
	return root
}

// contained runs the program with nothing but the image's files around it, as its user.
func contained(t *testing.T, root string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command("/usr/bin/maildoctor", args...)
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot: root, Cloneflags: syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Getgid(), Size: 1}},
		}
	}
	out, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// The program runs in the image, and goes by the root list that is there: a server
// whose root is not on it is refused, and the same server accepted once it is.
func TestImageRuns(t *testing.T) {
	root := unpackedImage(t)
	if out, code := contained(t, root, "--version"); code != 0 || !strings.HasPrefix(out, "maildoctor version ") {
		t.Fatalf("%d: %s", code, out)
	}
	if out, code := contained(t, root, "demo"); code != 0 {
		t.Errorf("%d: %s", code, out)
	}
	list := filepath.Join(root, "etc/ssl/certs/ca-certificates.crt")
	publicRoots(t, content(t, list))
	url, ca := serve(t)
	for _, c := range []struct {
		added []byte
		want  string
		code  int
	}{{nil, `certificate from an unknown authority, "Serve Test Root"`, 1}, {ca, `"Serve Test Root", which was added to`, 0}} {
		f, err := os.OpenFile(list, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(c.added); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if out, code := contained(t, root, "check", url, "--private", "--width", "200"); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.want, out)
		}
	}
}

// publicRoots checks that a list can be read whole, and has the authorities that most
// mail servers go by.
func publicRoots(t *testing.T, list []byte) {
	t.Helper()
	names := map[string]bool{}
	for b, rest := pem.Decode(list); b != nil; b, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil || !c.IsCA {
			t.Errorf("a certificate of the list: %v, authority: %t", err, err == nil && c.IsCA)
			continue
		}
		names[c.Subject.CommonName] = true
	}
	if len(names) < 100 || !names["ISRG Root X1"] || !names["DigiCert Global Root G2"] {
		t.Errorf("%d roots: %v", len(names), names)
	}
}

// serve starts .ci/serve.go. It returns an IMAP server's URL and its root certificate.
func serve(t *testing.T) (url string, ca []byte) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "serve")
	build := exec.Command("go", "build", "-o", program, ".ci/serve.go")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url), content(t, filepath.Join(dir, "ca.pem"))
}
