// Command wafer serves the page, and trains and uses models on the command line.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

// command is one subcommand. run gets the arguments after its name; an error ends
// the program with status 1 after printing it, flag.ErrHelp with status 2.
type command struct {
	name    string
	summary string
	run     func(args []string) error
}

// commands are the subcommands, in the order of the help. To add one, write
// func cmdName(args []string) error in server/name.go and add its line here.
var commands = []command{
	{"serve", "serve the page, jobs and models on this machine", cmdServe},
	{"worker", "run jobs of a NATS cluster", cmdWorker},
	{"submit", "hand a recipe with its data to a server", cmdSubmit},
	{"jobs", "list, show and move the jobs of a server", cmdJobs},
	{"token", "make, list and remove the tokens of a server", cmdToken},
	{"train", "train a model by a recipe", cmdTrain},
	{"eval", "measure a model on labelled data", cmdEval},
	{"predict", "classify pictures or texts with a model", cmdPredict},
	{"compile", "make a WebAssembly module or an offline page of a model", cmdCompile},
	{"catalogue", "list the shipped models in static/models", cmdCatalogue},
}

func main() {
	if len(os.Args) < 2 {
		usage(os.Stderr)
		os.Exit(2)
	}
	name := os.Args[1]
	if name == "help" || name == "-h" || name == "-help" || name == "--help" {
		usage(os.Stdout)
		return
	}
	for _, c := range commands {
		if c.name == name {
			exit(c.run(os.Args[2:]))
		}
	}
	fmt.Fprintf(os.Stderr, "wafer: there is no command %q\n\n", name)
	usage(os.Stderr)
	os.Exit(2)
}

func exit(err error) {
	switch {
	case err == nil:
		os.Exit(0)
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, "wafer:", err)
	os.Exit(1)
}

func usage(w *os.File) {
	fmt.Fprintln(w, "usage: wafer COMMAND [ARGUMENTS]")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(w, "wafer COMMAND -h tells more about one of them.")
}
