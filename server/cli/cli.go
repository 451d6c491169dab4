// Package cli is the command line of wafer: one subcommand per file, from flags to an exit status.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// command is one subcommand. run gets the arguments after its name; an error ends
// the program with status 1 after printing it, flag.ErrHelp with status 2.
type command struct {
	name    string
	summary string
	run     func(args []string) error
}

// commands are the subcommands, in the order of the help. To add one, write
// func cmdName(args []string) error in name.go and add its line here.
var commands = []command{
	{"serve", "serve the page, jobs and models on this machine", cmdServe},
	{"worker", "run jobs of a NATS cluster", cmdWorker},
	{"submit", "hand a recipe with its data to a server", cmdSubmit},
	{"jobs", "list, show and move the jobs of a server", cmdJobs},
	{"token", "make, list and remove the tokens of a server", cmdToken},
	{"train", "train a model by a recipe", cmdTrain},
	{"recipe", "make a recipe of a Keras program", cmdRecipe},
	{"eval", "measure a model on labelled data", cmdEval},
	{"predict", "classify pictures or texts with a model", cmdPredict},
	{"convert", "make a model file of another tool's file", cmdConvert},
	{"pull", "fetch public weights and make a model file of them", cmdPull},
	{"inspect", "tell what is in another tool's model file", cmdInspect},
	{"export", "make another tool's file of a model", cmdExport},
	{"compile", "make a WebAssembly module or an offline page of a model", cmdCompile},
	{"catalogue", "list the shipped models in static/models", cmdCatalogue},
}

// Main runs the command that the arguments of the program name, and returns the program's exit status: 0, 1 after an
// error, 2 after a wrong use. Answers go to standard output, errors and what people read to standard error.
func Main(args []string) (status int) {
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(stdout)
		return 0
	}
	for _, c := range commands {
		if c.name == args[0] {
			return statusOf(c.run(args[1:]))
		}
	}
	fmt.Fprintf(stderr, "wafer: there is no command %q\n\n", args[0])
	usage(stderr)
	return 2
}

// statusOf prints an error and returns the exit status that it stands for.
func statusOf(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp): // package flag has printed the help or what is wrong
		return 2
	}
	fmt.Fprintln(stderr, "wafer:", err)
	return 1
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: wafer COMMAND [ARGUMENTS]")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(w, "wafer COMMAND -h tells more about one of them.")
}
