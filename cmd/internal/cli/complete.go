package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/demo"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/profiles/export"
)

// subjects completes the arguments of check: the ids of profiles and, once a dot is
// typed, the domains.
func subjects(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	dirs, _ := cmd.Flags().GetStringSlice("profiles")
	c, err := loadCatalogue(dirs)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return cmdline.Listed(func() (names, about []string) {
		for _, p := range c.Profiles() {
			names, about = append(names, p.ID), append(about, p.Name)
			if strings.Contains(typed, ".") {
				for _, d := range c.Domains(p) {
					names, about = append(names, d), append(about, p.Name)
				}
			}
		}
		return names, about
	})(cmd, args, typed)
}

// targetsTyped completes the arguments of check, with the one that stands for a list.
func targetsTyped(l *prose.Language) cmdline.Completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		all, directive := subjects(cmd, args, typed)
		if len(args) > 0 && args[0] == dash {
			return nil, directive
		}
		if len(args) == 0 && strings.HasPrefix(dash, typed) {
			all = append(all, cobra.CompletionWithDesc(dash, l.Text(say.ListDescribed())))
		}
		return all, directive
	}
}

// subjectsTyped completes subjects once something is typed. Before that, all of them
// would obscure the commands.
func subjectsTyped(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if typed == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return subjects(cmd, args, typed)
}

// causes completes the ids of causes.
func causes(l *prose.Language) cmdline.Completer {
	return cmdline.Listed(func() (names, about []string) {
		for _, p := range cause.Pages() {
			names, about = append(names, string(p.ID)), append(about, p.Title(l, nil))
		}
		return names, about
	})
}

// demos completes the cases of demo.
func demos(l *prose.Language) cmdline.Completer {
	return cmdline.Listed(func() (names, about []string) {
		for _, c := range demo.Cases {
			names, about = append(names, c.Name), append(about, l.Text(c.About))
		}
		return names, about
	})
}

// values has the possible values of flags, by name. The values of other flags can't
// be predicted.
var values = map[string]cmdline.Completer{
	"as":       cmdline.Fixed(export.Names()...),
	"format":   cmdline.Fixed(formatNames()...),
	"fail-on":  cmdline.Fixed(failures...),
	"color":    cmdline.Fixed(colourModes...),
	"protocol": cmdline.Fixed("imap", "pop3", "smtp"),
	"program":  mailPrograms,
	"language": languages,
	"auth":     cmdline.Fixed(mechanisms...),
	"ca-file":  cmdline.Files("pem", "crt", "cer"),
	"against":  cmdline.Files("jsonl"),
	"profiles": cmdline.Directories,
	"source":   cmdline.Fixed(append(sourceNames(), "all")...),

	"sign-cert": cmdline.Files("pem", "crt", "cer"),
	"sign-key":  cmdline.Files("pem", "key"),

	// Any file.
	"save": nil, "save-chain": nil, "output": nil,
}
