// Command gen makes profiles/imported of a checkout of Thunderbird's database:
//
//	go run ./profiles/importer/internal/gen CHECKOUT [DATE]
//
// CHECKOUT is a git repository of github.com/thunderbird/autoconfig, with its history;
// DATE is the day on which it was read, today if it isn't given. make data runs it.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gen CHECKOUT [DATE]")
		os.Exit(2)
	}
	read := time.Now().Format(time.DateOnly)
	if len(os.Args) > 2 {
		read = os.Args[2]
	}
	if err := generate(os.Args[1], "profiles/imported", read); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
