package cli

import (
	"context"
	"flag"
	"fmt"
	"os"

	"wafer/nn"
	"wafer/nn/convert"
	"wafer/nn/model"
	"wafer/nn/recipe"
)

// cmdExport makes a file of another tool of a model.
func cmdExport(args []string) error {
	flags := flag.NewFlagSet("wafer export MODEL OUT", flag.ContinueOnError)
	to := flags.String("format", "tfjs", "what to write: "+convert.Formats()+" (TensorFlow.js as Teachable Machine "+
		"packs it, a zip)")
	weights := flags.String("weights", "", "how weights are stored: float32, float16 or int8, where the format has it "+
		"(default: float32)")
	check := flags.Bool("check", false, "check a file that was exported: wafer export --check FILE")
	data := flags.String("data", "", "folder, table or recipe of labelled samples: the accuracy as trained and of "+
		"what is written is measured first")
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
	m, err := openModel(args[0], *base, nil, *memory)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	o := convert.ExportOptions{Format: *to, Weights: *weights, Find: finder(*base)}
	file, err := convert.Export(b, o)
	if err == nil && *data != "" {
		err = compareRounded(m, b, o, *data)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return written(args[1], file)
}

// compareRounded measures a model as it was trained and with its weights as they will be stored, on the same samples.
func compareRounded(m *nn.Model, file []byte, o convert.ExportOptions, path string) error {
	samples, err := evalSamples(m, path, ".", recipe.Source{})
	if err != nil {
		return err
	}
	small, err := convert.Rounded(file, o)
	if err != nil {
		return err
	}
	r, err := model.Open(small, model.Options{})
	if err != nil {
		return err
	}
	before, err := m.Evaluate(context.Background(), samples)
	if err != nil {
		return err
	}
	after, err := r.Evaluate(context.Background(), samples)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "accuracy on %d samples: %.4f as trained, %.4f as stored\n", after.Samples, before.Accuracy,
		after.Accuracy)
	return nil
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
