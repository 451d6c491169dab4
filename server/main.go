// Command wafer serves the page, and trains and uses models on the command line.
package main

import (
	"os"

	"wafer/server/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
