package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/profiles"
	"maildoctor/profiles/importer"
)

// generate writes what the program embeds, and the report on it.
func generate(from, into, read string) error {
	state, err := open(from)
	if err != nil {
		return err
	}
	common := profiles.Source{
		Title: "Thunderbird ISPDB, ", By: "Thunderbird's database", Date: read,
		URL: "https://github.com/thunderbird/autoconfig/blob/" + state.commit + "/ispdb/",
	}
	all, report, err := importer.Compile(state.files, importer.Origin{Exchangers: true, Source: func(f importer.File) profiles.Source {
		s, name := common, filepath.Base(f.Name)
		s.Title, s.URL, s.Checked = s.Title+name, s.URL+name, state.changed[strings.TrimSuffix(name, ".xml")]
		return s
	}})
	if err != nil {
		return err
	}
	kept, err := profiles.HandKept()
	if err != nil {
		return err
	}
	all = importer.Beside(all, kept, report)
	for name, text := range map[string][]byte{
		"ispdb.txt": importer.Compact(all, common), "report.txt": reportText(state, all, report, read), "NOTICE": notice(state, read),
	} {
		if err := os.WriteFile(filepath.Join(into, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// reportText is what to look at by hand after an import.
func reportText(state *checkout, all []*profiles.Profile, report *importer.Report, read string) []byte {
	var b bytes.Buffer
	domains, mx := 0, 0
	for _, p := range all {
		domains, mx = domains+len(p.Domains), mx+len(p.MX)
	}
	fmt.Fprintf(&b, "Thunderbird's database at %s of %s, read %s: %d files.\n", state.commit, state.date, read, len(state.files))
	fmt.Fprintf(&b, "Imported: %d profiles, %d domains, %d patterns of mail exchangers.\n", len(all), domains, mx)
	for _, kind := range []importer.Kind{importer.Odd, importer.Conflict, importer.Skipped} {
		remarks := report.Of(kind)
		fmt.Fprintf(&b, "\n%d %s\n", len(remarks), kind)
		slices.SortStableFunc(remarks, func(x, y importer.Remark) int { return bytes.Compare([]byte(x.File), []byte(y.File)) })
		for _, r := range remarks {
			fmt.Fprintln(&b, r)
		}
	}
	return b.Bytes()
}
