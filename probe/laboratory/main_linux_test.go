package laboratory

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	update   = flag.Bool("update", false, "write testdata/causes.txt")
	keep     = flag.String("keep", "", "leave what each run wrote below `DIR`")
	examined = flag.String("binary", "", "examine `FILE` and not the program of this tree")
)

// atOnce is the number of simultaneous worlds. Most of them wait for something that
// does not arrive.
const atOnce = "20"

// sweeps holds, for the process that cleans up, the id of the testing process.
const sweeps = "MAILDOCTOR_LABORATORY_SWEEPS"

func TestMain(m *testing.M) {
	if pid, err := strconv.Atoi(os.Getenv(sweeps)); err == nil {
		io.Copy(io.Discard, os.Stdin) // ends with the testing process
		sweep(pid)
		return
	}
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if os.Geteuid() != 0 {
		return m.Run()
	}
	sweepTheDead()
	swept, err := sweepAfter()
	if err != nil {
		fmt.Println("laboratory:", err)
		return 1
	}
	defer swept()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		flag.Set("test.parallel", atOnce)
	}
	started := time.Now()
	code := m.Run()
	os.Stdout.WriteString(results.table(time.Since(started)))
	return code
}

// folders is the prefix of the names of directories for files.
const folders = "/tmp/mdlab"

// places returns the directory for the files of a process.
func places(pid int) string { return folders + strconv.Itoa(pid) }

// sweepAfter starts a process that removes what this one leaves behind, however it
// ends: also by a panic, by Ctrl-C or by a test timeout. The returned function makes
// it do so now.
func sweepAfter() (func(), error) {
	dir := places(os.Getpid())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	os.Setenv("TMPDIR", dir)
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), sweeps+"="+strconv.Itoa(os.Getpid()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // the terminal's signals don't reach it
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return func() { alive.Close(); cmd.Wait() }, cmd.Start()
}

// sweep removes the namespaces, processes and files of the laboratory with this
// process id.
func sweep(pid int) {
	var names []string
	for _, dir := range []string{namespaces, "/etc/netns"} {
		found, _ := filepath.Glob(filepath.Join(dir, prefix(pid)+"*"))
		for _, f := range found {
			names = append(names, filepath.Base(f))
		}
	}
	if len(names) > 0 {
		remove(names...)
	}
	os.RemoveAll(places(pid))
	os.Remove("/etc/netns") // only if it is empty
}

// sweepTheDead removes what is left of laboratories whose sweeper is dead too.
func sweepTheDead() {
	found, _ := filepath.Glob(folders + "*")
	for _, f := range found {
		pid, err := strconv.Atoi(strings.TrimPrefix(f, folders))
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			sweep(pid)
		}
	}
}
