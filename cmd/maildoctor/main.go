package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"maildoctor/cmd/internal/cli"
	"maildoctor/cmd/internal/console"
)

func main() {
	beginLight()
	os.Exit(cli.Main(os.Args[1:], console.Standard()))
}

// beginLight puts off the first collection of garbage: reading the program's tables
// takes a few megabytes once, and a third of the time of a short command would go into
// collecting what is still used. From then on it is collected as ever.
func beginLight() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const first = 800 // percent of the least heap, 4 MB
	usual := debug.SetGCPercent(first)
	runtime.AddCleanup(new([1]*int), func(percent int) { debug.SetGCPercent(percent) }, usual)
}
