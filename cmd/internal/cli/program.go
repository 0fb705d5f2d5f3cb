package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// programFlags say in which mail program settings are to be changed.
type programFlags struct {
	name   string
	labels string // the language of its labels

	id stage.ProgramID // of name, once validated; empty: none was named
}

func (f *programFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "program", "", "say where in the mail program `NAME` that is done, in its own labels, such as thunderbird or outlook")
	fs.StringVar(&f.labels, "language", "", "with --program: its labels in `LANG`, such as de; that of the environment, where it is known")
}

// validate refuses programs and languages that the table doesn't have.
func (f *programFlags) validate() error {
	if f.name == "" {
		if f.labels != "" {
			return fault.Usage("--language without --program: expected both")
		}
		return nil
	}
	id, near, ok := dialogs.Find(f.name)
	switch {
	case !ok && len(near) > 0:
		return fault.Usage("--program %q is not known; did you mean %s?", f.name, strings.Join(idsOf(near), " or "))
	case !ok:
		return fault.Usage("--program %q: expected %s", f.name, strings.Join(idsOf(dialogs.IDs()), ", "))
	case f.labels != "" && !dialogs.Speaks(id, f.labels):
		return fault.Usage("--language %q: expected %s, in which the labels of %s are known", f.labels, strings.Join(dialogs.Languages(id), ", "), id)
	}
	f.id = id
	return nil
}

func idsOf(programs []stage.ProgramID) []string {
	var out []string
	for _, id := range programs {
		out = append(out, string(id))
	}
	return out
}

// program returns the program that was named, in the language that was, or else in that
// of the environment; nil if none was.
func (f *programFlags) program(s console.Streams) *dialogs.Program {
	return f.labelled(s, f.id)
}

// labelled returns a program with its labels in the language that was named, or else in
// that of the environment; nil if the table doesn't have it.
func (f *programFlags) labelled(s console.Streams, id stage.ProgramID) *dialogs.Program {
	if id == "" {
		return nil
	}
	language := f.labels
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} { // as in setlocale(3)
		if v, _ := s.LookupEnv(name); language == "" {
			language = v
		}
	}
	return dialogs.For(id, language)
}

// mailPrograms completes the names of programs.
var mailPrograms = cmdline.Listed(func() (names, about []string) {
	for _, id := range dialogs.IDs() {
		names, about = append(names, string(id)), append(about, dialogs.For(id, dialogs.English).Name)
	}
	return names, about
})

// languages completes the languages in which the labels of the program are known that
// was typed.
func languages(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	name, _ := cmd.Flags().GetString("program")
	id, _, _ := dialogs.Find(name)
	return dialogs.Languages(id), cobra.ShellCompDirectiveNoFileComp
}
