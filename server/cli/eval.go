package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/server/fit"
)

// cmdEval measures a model on the test part of a recipe, or on a data set.
func cmdEval(args []string) error {
	flags := flag.NewFlagSet("wafer eval MODEL RECIPE|DATA", flag.ContinueOnError)
	dir := flags.String("data", ".", "folder that the recipe's paths are relative to")
	memory, base := memoryFlag(flags), baseFlag(flags)
	threads := flags.Int("threads", 0, "threads to compute with (default: one per processor)")
	asJSON := flags.Bool("json", false, "print one JSON object")
	reportTo := flags.String("report", "", "HTML file to write figures, curves and wrong answers to")
	var s recipe.Source
	flags.StringVar(&s.TextColumn, "text", "",
		"csv, tsv, jsonl: column of the text, by name or number from 0 (default: found)")
	flags.StringVar(&s.LabelColumn, "label", "", "csv, tsv, jsonl: column of the label (default: found)")
	flags.StringVar(&s.Delimiter, "delimiter", "", "csv, tsv: what stands between cells (default: found)")
	flags.StringVar(&s.Encoding, "encoding", "", "csv, tsv: encoding of the file, such as gb18030 (default: found)")
	flags.BoolFunc("header", "csv, tsv: the first row names the columns; --header=false: it does not (default: found)",
		func(v string) error {
			yes, err := strconv.ParseBool(v)
			s.Header = &yes
			return err
		})
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 2 {
		return fmt.Errorf("eval takes a model and a recipe or a data set, but got %d arguments", len(args))
	}
	m, err := openModel(args[0], *base, native.Runner(*threads), *memory)
	if err != nil {
		return err
	}
	samples, err := evalSamples(m, args[1], *dir, s)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	e, err := m.Evaluate(ctx, samples)
	if err != nil {
		return err
	}
	if *reportTo != "" {
		if err := writeReport(*reportTo, m, args[1], e, samples); err != nil {
			return err
		}
	}
	if *asJSON {
		return json.NewEncoder(stdout).Encode(e)
	}
	printEvaluation(m, e)
	return nil
}

// evalSamples reads the samples of a recipe's test part, or those of a file or folder
// whose form its name tells.
func evalSamples(m *nn.Model, path, dir string, s recipe.Source) ([]data.Sample, error) {
	form := formOf(path)
	if form == "" || form == "table" && isRecipe(path) {
		r, err := readRecipe(path)
		if err != nil {
			return nil, err
		}
		d, _, err := data.Load(fit.Folder(dir), r.Preprocess, nil)
		if err != nil {
			return nil, err
		}
		return d.Split(r).Test, nil
	}
	s.Form, s.Path = form, filepath.ToSlash(filepath.Base(path))
	set, err := data.Read(fit.Folder(filepath.Dir(path)), []recipe.Source{s}, data.Options{Kind: m.Info().Kind})
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	for _, n := range set.Notes {
		fmt.Fprintln(stderr, n)
	}
	samples := set.Part(data.Testing)
	for i, s := range samples {
		if samples[i].Label = m.LabelNumber(set.Labels[s.Label]); samples[i].Label < 0 {
			return nil, fmt.Errorf("data: has the label %q, the model's labels are %.300q", set.Labels[s.Label],
				m.Info().Labels)
		}
	}
	return samples, nil
}

// formOf is the form of a data set by its name; "" for what can be none.
func formOf(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "folder"
	}
	return data.FormOf(path)
}

// isRecipe says whether a file of JSON is meant as a recipe: an object with a preprocess.
func isRecipe(path string) bool {
	if !strings.EqualFold(filepath.Ext(path), ".json") {
		return false
	}
	b, err := os.ReadFile(path)
	return err != nil || bytes.Contains(b, []byte(`"preprocess"`))
}

// printEvaluation writes accuracy, what was rejected, and a table of precision, recall and F1 of each label.
func printEvaluation(m *nn.Model, e *nn.Evaluation) {
	fmt.Fprintf(stdout, "%s: accuracy %.4f on %d samples\n", m.Info().Title, e.Accuracy, e.Samples)
	if m.Info().Rejects {
		fmt.Fprintf(stdout, "rejected as none of the labels: %.4f\n", e.Rejected)
		if e.Rejected > 0 {
			fmt.Fprintf(stdout, "accuracy %.4f on the %.4f that were let through\n", e.Kept, 1-e.Rejected)
		}
	}
	fmt.Fprint(stdout, e.Confusion.Report(m.Info().Labels))
}
