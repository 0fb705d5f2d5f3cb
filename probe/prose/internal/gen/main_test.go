package main

import (
	"os"
	"path/filepath"
	"testing"

	"maildoctor/probe/prose"
)

func TestNames(t *testing.T) {
	for id, want := range map[prose.ID]string{
		"lookup-cut-short": "LookupCutShort", "tls-alert": "TLSAlert", "starttls-begins": "StartTLSBegins", "provoked-by-http": "ProvokedByHTTP", "list-pair-or": "ListPairOr",
	} {
		if got := name(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	for slot, want := range map[string]string{"host": "host", "tls_port": "tlsPort", "type": "type_"} {
		if got := param(slot); got != want {
			t.Errorf("{%s}: %s, want %s", slot, got, want)
		}
	}
}

// Package say is up to date with the tables.
func TestSayIsUpToDate(t *testing.T) {
	tables, err := prose.Tables(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	made := make(map[string]bool)
	for _, table := range tables {
		want, err := source(table)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("../../say", table.Name+"_table.go")
		made[file] = true
		if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
			t.Errorf("%s is out of date; go generate ./probe/prose writes it (%v)", file, err)
		}
	}
	files, err := filepath.Glob("../../say/*_table.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !made[f] {
			t.Errorf("%s has no table", f)
		}
	}
}
