package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// unprivileged is the user that the image runs as, and its group. No host is likely
// to have given the number to somebody.
const unprivileged = "65532"

// image writes the image for t: the program, the root certificates, and an
// unprivileged user. There is no shell and no other program in it.
func (r *release) image(w io.Writer, t target, program, licences []byte) error {
	img, err := r.assemble(t, program, licences)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	// The name of the image where it is loaded: image-spec annotations.md, and what
	// containerd goes by.
	tag := "maildoctor:" + r.version
	names := layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": r.version, "io.containerd.image.name": "docker.io/library/" + tag})
	if err := path.AppendImage(img, names, layout.WithPlatform(v1.Platform{OS: t.os, Architecture: t.arch})); err != nil {
		return err
	}
	files, err := read(os.DirFS(dir))
	if err != nil {
		return err
	}
	manifest, err := dockerManifest(img, tag)
	if err != nil {
		return err
	}
	return tarred(w, append(files, file{name: "manifest.json", mode: 0o644, data: manifest}), r.time)
}

// assemble returns the image: one layer that changes with the root list, and one that
// changes with the program.
func (r *release) assemble(t target, program, licences []byte) (v1.Image, error) {
	base, err := r.layer([]file{
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, data: []byte("root:x:0:\nmaildoctor:x:" + unprivileged + ":\n")},
		{name: "etc/passwd", mode: 0o644, data: []byte("root:x:0:0:root:/:/sbin/nologin\nmaildoctor:x:" + unprivileged + ":" + unprivileged + ":maildoctor:/:/sbin/nologin\n")},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, data: r.list},
	})
	if err != nil {
		return nil, err
	}
	top, err := r.layer([]file{
		{name: "usr/", mode: 0o755},
		{name: "usr/bin/", mode: 0o755},
		{name: "usr/bin/maildoctor", mode: 0o755, data: program},
		{name: "usr/share/", mode: 0o755},
		{name: "usr/share/doc/", mode: 0o755},
		{name: "usr/share/doc/maildoctor/", mode: 0o755},
		{name: "usr/share/doc/maildoctor/THIRD-PARTY.txt", mode: 0o644, data: licences},
	})
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	at := v1.Time{Time: r.time}
	img, err = mutate.Append(img,
		mutate.Addendum{Layer: base, History: v1.History{Created: at, CreatedBy: "root certificates and a user"}},
		mutate.Addendum{Layer: top, History: v1.History{Created: at, CreatedBy: "maildoctor " + r.version}})
	if err != nil {
		return nil, err
	}
	return r.configure(img, t)
}

// configure says how the image is run.
func (r *release) configure(img v1.Image, t target) (v1.Image, error) {
	c, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	c = c.DeepCopy()
	c.OS, c.Architecture, c.Created = t.os, t.arch, v1.Time{Time: r.time}
	c.Config = v1.Config{
		User:       unprivileged + ":" + unprivileged,
		Env:        []string{"PATH=/usr/bin"},
		Entrypoint: []string{"/usr/bin/maildoctor"},
		Cmd:        []string{"--help"},
		WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "maildoctor",
			"org.opencontainers.image.version":  r.version,
			"org.opencontainers.image.licenses": "MIT",
		},
	}
	if r.commit != "" {
		c.Config.Labels["org.opencontainers.image.revision"] = r.commit
	}
	return mutate.ConfigFile(img, c)
}

// layer packs files into a layer of an image.
func (r *release) layer(files []file) (v1.Layer, error) {
	var b bytes.Buffer
	if err := tarred(&b, files, r.time); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(gzip.BestCompression))
}

// dockerManifest is the table of contents by which "docker load" finds its way where
// it doesn't know OCI layouts: its own archives have had both since version 25.
func dockerManifest(img v1.Image, tag string) ([]byte, error) {
	m, err := img.Manifest()
	if err != nil {
		return nil, err
	}
	type entry struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	e := entry{Config: "blobs/sha256/" + m.Config.Digest.Hex, RepoTags: []string{tag}}
	for _, l := range m.Layers {
		e.Layers = append(e.Layers, "blobs/sha256/"+l.Digest.Hex)
	}
	return json.Marshal([]entry{e})
}

// read returns all files and directories below fsys, as they go into an archive.
func read(fsys fs.FS) ([]file, error) {
	var files []file
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			files = append(files, file{name: name + "/", mode: 0o755})
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		files = append(files, file{name: name, mode: 0o644, data: data})
		return err
	})
	return files, err
}
