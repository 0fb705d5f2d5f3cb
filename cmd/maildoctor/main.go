package main

import (
	"os"

	"maildoctor/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.Standard())) }
