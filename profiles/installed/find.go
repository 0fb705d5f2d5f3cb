package installed

import (
	"path/filepath"
	"strings"

	"maildoctor/probe/stage"
)

// Find reads all places of an environment, its variables and a file .env in the working
// directory. A program that isn't there is nothing; a file that can't be read is a
// problem, and costs no account of another file.
func Find(env Environment) Found {
	var found Found
	for _, root := range thunderbirdRoots(env) {
		findThunderbird(&found, env, root)
	}
	for _, dir := range evolutionFolders(env) {
		if isFolder(dir) {
			readEvolution(&found, env, dir)
		}
	}
	for _, p := range files(env) {
		if f, ok := formatOf(p.format); ok && !missing(p.path) {
			f.readAt(&found, env, p.path, anywhere(env))
		}
	}
	r := &reader{program: stage.ProgramEnvironment, found: &found}
	keepVariables(r, processVariables(env.Variables))
	if relayed(env) {
		found.Relayed = append(found.Relayed, stage.ProgramOutlookNew)
	}
	return found
}

// file is where a format may be found.
type file struct{ format, path string }

// files are those that programs read, in the order in which they look for them; of
// several places of one program the first that is there counts.
func files(env Environment) []file {
	mbsync, _ := env.variable("MBSYNCRC")
	fetchmail, _ := env.variable("FETCHMAILHOME")
	var all []file
	first := func(format string, paths ...string) {
		for _, p := range paths {
			if !missing(p) {
				all = append(all, file{format, p})
				return
			}
		}
	}
	all = append(all, file{"msmtp", join(env.System, "msmtprc")})
	first("msmtp", env.home(".msmtprc"), env.config("msmtp", "config"), env.appData("msmtprc.txt"))
	first("isync", mbsync, env.home(".mbsyncrc"), env.config("isyncrc"))
	first("fetchmail", join(fetchmail, "fetchmailrc"), env.home(".fetchmailrc"))
	first("neomutt", env.config("neomutt", "neomuttrc"), env.config("neomutt", "muttrc"), env.config("mutt", "neomuttrc"),
		env.home(".neomutt", "neomuttrc"), env.home(".neomutt", "muttrc"), env.home(".mutt", "neomuttrc"), env.home(".neomuttrc"))
	first("mutt", env.home(".muttrc"), env.home(".mutt", "muttrc"), env.config("mutt", "muttrc"))
	first("env", join(env.Dir, ".env"))
	return all
}

// appData is a path below the folder for settings of Windows.
func (e Environment) appData(path ...string) string {
	if e.GOOS != "windows" {
		return ""
	}
	return join(e.folder("APPDATA", "AppData", "Roaming"), path...)
}

// localAppData is a path below the folder for settings that stay on a machine.
func (e Environment) localAppData(path ...string) string {
	if e.GOOS != "windows" {
		return ""
	}
	return join(e.folder("LOCALAPPDATA", "AppData", "Local"), path...)
}

// thunderbirdRoots are the folders with a profiles.ini: of the program itself, and as it
// is packed by Debian before 2016, snap, flatpak and Microsoft's store.
func thunderbirdRoots(env Environment) []string {
	switch env.GOOS {
	case "windows":
		stores, _ := filepath.Glob(filepath.Join(globbed(env.localAppData("Packages")), "*Thunderbird*", "LocalCache", "Roaming", "Thunderbird"))
		return append([]string{env.appData("Thunderbird")}, stores...)
	case "darwin":
		return []string{env.home("Library", "Thunderbird")}
	}
	return []string{
		env.home(".thunderbird"), env.config("thunderbird"), env.home(".icedove"),
		env.home("snap", "thunderbird", "common", ".thunderbird"),
		env.home(".var", "app", "org.mozilla.Thunderbird", ".thunderbird"),
		env.home(".var", "app", "org.mozilla.thunderbird", ".thunderbird"),
		env.home(".var", "app", "eu.betterbird.Betterbird", ".thunderbird"),
	}
}

// evolutionFolders are those of its sources, as it is packed by distributions, flatpak and
// snap.
func evolutionFolders(env Environment) []string {
	if env.GOOS == "windows" || env.GOOS == "darwin" {
		return nil
	}
	return []string{
		env.config("evolution", "sources"),
		env.home(".var", "app", "org.gnome.Evolution", "config", "evolution", "sources"),
		env.home("snap", "evolution", "current", ".config", "evolution", "sources"),
	}
}

// findThunderbird reads the profiles that profiles.ini lists.
func findThunderbird(found *Found, env Environment, root string) {
	list := join(root, "profiles.ini")
	if missing(list) {
		return
	}
	r := &reader{program: stage.ProgramThunderbird, place: env.short(list), found: found}
	data, err := load(list)
	if err != nil {
		r.wrong(position{}, "%v", err)
		return
	}
	f, _ := formatOf("thunderbird")
	profiles := 0
	for _, g := range readGroups(r, decoded(data)) {
		path := g.set["Path"].value
		if !strings.HasPrefix(g.name, "Profile") || path == "" || profiles == maxFiles {
			continue
		}
		profiles++
		dir := filepath.FromSlash(path)
		if g.set["IsRelative"].value != "0" {
			dir = filepath.Join(root, dir)
		}
		if prefs := filepath.Join(dir, "prefs.js"); !missing(prefs) { // a profile never used has none
			f.readAt(found, env, prefs, nil)
		}
	}
}

// relayed reports whether the new Outlook for Windows is here: its package, or the folder
// that it keeps its data in.
func relayed(env Environment) bool {
	const name = "Microsoft.OutlookForWindows_8wekyb3d8bbwe"
	return isFolder(env.localAppData("Microsoft", "Olk")) || isFolder(env.localAppData("Packages", name))
}
