package main

import (
	"os"

	"maildoctor/cmd/internal/cli"
	"maildoctor/cmd/internal/console"
)

func main() { os.Exit(cli.Main(os.Args[1:], console.Standard())) }
