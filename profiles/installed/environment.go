package installed

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Environment says where a program looks for its settings.
type Environment struct {
	GOOS      string   // "linux", "windows", "darwin"
	Home      string   // the home directory; empty: none
	Variables []string // of this process, as os.Environ has them
	System    string   // where settings for the whole system are, "/etc"; empty: nowhere
	Dir       string   // the working directory, where .env is looked for; empty: nowhere
}

// Here is the environment of this process.
func Here() Environment {
	e := Environment{GOOS: runtime.GOOS, Variables: os.Environ()}
	e.Home, _ = os.UserHomeDir()
	e.Dir, _ = os.Getwd()
	if e.GOOS != "windows" {
		e.System = "/etc"
	}
	return e
}

// variable returns the last value of a variable.
func (e Environment) variable(name string) (value string, ok bool) {
	for _, v := range e.Variables {
		n, text, is := strings.Cut(v, "=")
		if is && (n == name || e.GOOS == "windows" && strings.EqualFold(n, name)) {
			value, ok = text, true
		}
	}
	return value, ok
}

// folder is the value of a variable that names a folder by an absolute path, or a folder
// of the home directory.
func (e Environment) folder(variable string, home ...string) string {
	if dir, _ := e.variable(variable); filepath.IsAbs(dir) {
		return dir
	}
	return e.home(home...)
}

// home is a path within the home directory; empty where there is none.
func (e Environment) home(path ...string) string {
	if e.Home == "" {
		return ""
	}
	return filepath.Join(append([]string{e.Home}, path...)...)
}

// config is where programs that follow the XDG Base Directory Specification look.
func (e Environment) config(path ...string) string {
	return join(e.folder("XDG_CONFIG_HOME", ".config"), path...)
}

// join is filepath.Join that leaves nowhere nowhere.
func join(dir string, path ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, path...)...)
}

// short is a path with ~ for the home directory.
func (e Environment) short(path string) string {
	if e.Home == "" {
		return path
	}
	rest, err := filepath.Rel(e.Home, path)
	if err != nil || rest == ".." || strings.HasPrefix(rest, ".."+string(filepath.Separator)) {
		return path
	}
	return "~" + string(filepath.Separator) + rest
}
