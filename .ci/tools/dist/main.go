// Dist makes what is given away: an archive for each system, container images, and
// the checksums of all of them.
//
//	go run -C .ci/tools ./dist -root ../.. -out ../../dist
//
// The same commit, Go release and root list give the same bytes, wherever they are
// put together: the programs are built without paths, files are sorted, and all have
// the time of the commit. The images are OCI image layouts in a tar file, which is also
// what "docker load" reads; nothing here needs a container engine.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	var r release
	var only string
	flag.StringVar(&r.root, "root", ".", "the repository's `directory`")
	flag.StringVar(&r.out, "out", "dist", "write to this `directory`")
	flag.StringVar(&r.roots, "roots", "/usr/share/ca-certificates/mozilla", "the `directory` with the root certificates of the images")
	flag.StringVar(&only, "only", "", "make only the `targets` of this list, such as linux/amd64")
	flag.Parse()
	if err := r.make(only); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// target is a system that a program is built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// program returns the name of the program's file.
func (t target) program() string {
	if t.os == "windows" {
		return "maildoctor.exe"
	}
	return "maildoctor"
}

var targets = []target{
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

// chosen returns the targets of a list; without one, all.
func chosen(only string) ([]target, error) {
	if only == "" {
		return targets, nil
	}
	var some []target
	for _, name := range strings.Split(only, ",") {
		i := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("-only: unknown target %q; expected some of %v", name, targets)
		}
		some = append(some, targets[i])
	}
	return some, nil
}

// make writes everything for the targets of the list only; without one, for all.
// What was in the directory is gone afterwards, so that the checksums are of all that
// is in it.
func (r *release) make(only string) error {
	some, err := chosen(only)
	if err != nil {
		return err
	}
	if err := r.prepare(); err != nil {
		return err
	}
	var made []string
	for _, t := range some {
		names, err := r.target(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, names...)
	}
	return r.checksums(made)
}

// target builds the program for a system, and writes its archive; for Linux also an
// image. It returns the names of the files.
func (r *release) target(t target) ([]string, error) {
	program, err := r.build(t)
	if err != nil {
		return nil, err
	}
	licences, err := r.licences(t)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("maildoctor_%s_%s_%s", r.version, t.os, t.arch)
	files := []file{{name: name + "/" + t.program(), mode: 0o755, data: program}, {name: name + "/THIRD-PARTY.txt", mode: 0o644, data: licences}}
	for _, f := range []string{"LICENSE", "README.md"} {
		data, err := os.ReadFile(filepath.Join(r.root, f))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name + "/" + f, mode: 0o644, data: data})
	}
	write, ending := tarGz, ".tar.gz"
	if t.os == "windows" {
		write, ending = zipped, ".zip"
	}
	made := []string{name + ending}
	if err := r.write(made[0], func(w *os.File) error { return write(w, files, r.time) }); err != nil {
		return nil, err
	}
	if t.os == "linux" {
		made = append(made, name+"_image.tar")
		err = r.write(made[1], func(w *os.File) error { return r.image(w, t, program, licences) })
	}
	return made, err
}
