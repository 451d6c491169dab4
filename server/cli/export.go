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
	weights := flags.String("weights", "", "how weights are stored: float32, float16 or int8, where the format has it "+
		"(default: float32)")
	check := flags.Bool("check", false, "check a file that was exported: wafer export --check FILE")
	memory, base := memoryFlag(flags), baseFlag(flags)
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if *check {
		return checkExport(args)
	}
	if len(args) != 2 {
		return fmt.Errorf("export takes a model and a file to write, but got %d arguments", len(args))
	}
	if _, err := openModel(args[0], *base, nil, *memory); err != nil {
		return err
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	file, err := convert.Export(b, convert.ExportOptions{Format: *to, Weights: *weights, Find: finder(*base)})
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return written(args[1], file)
}

// checkExport runs the input that went out with a file and compares what the network gives.
func checkExport(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("export --check takes a file, a folder or an archive, but got %d arguments", len(args))
	}
	files, err := modelFiles(args[0])
	if err != nil {
		return err
	}
	apart, err := convert.CheckFile(files)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if apart > exportTolerance {
		return fmt.Errorf("%s: gives numbers that are %.3g from what the model gave", args[0], apart)
	}
	fmt.Fprintf(stdout, "%s: gives what the model gave (apart by %.3g at most)\n", args[0], apart)
	return nil
}

// exportTolerance is how far apart numbers may be when another tool has written the file anew.
const exportTolerance = 1e-5
