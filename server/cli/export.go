package cli

import (
	"flag"
	"fmt"
	"os"

	"wafer/nn/convert"
)

// cmdExport makes a file of another tool of a model.
func cmdExport(args []string) error {
	flags := flag.NewFlagSet("wafer export MODEL OUT", flag.ContinueOnError)
	to := flags.String("format", "tfjs", "what to write: "+convert.Formats()+" (TensorFlow.js as Teachable Machine "+
		"packs it, a zip)")
	memory := memoryFlag(flags)
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 2 {
		return fmt.Errorf("export takes a model and a file to write, but got %d arguments", len(args))
	}
	if _, err := openModel(args[0], nil, *memory); err != nil {
		return err
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	file, err := convert.Export(b, *to)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return written(args[1], file)
}
