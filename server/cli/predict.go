package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// texts collects a flag that may be given several times.
type texts []string

func (t *texts) String() string     { return strings.Join(*t, "\n") }
func (t *texts) Set(s string) error { *t = append(*t, s); return nil }

// cmdPredict classifies files, or texts given with --text.
func cmdPredict(args []string) error {
	flags := flag.NewFlagSet("wafer predict MODEL FILE…", flag.ContinueOnError)
	var typed texts
	flags.Var(&typed, "text", "a text to classify; may be given several times")
	column := flags.String("column", "", "tables: column of the texts, by name or number from 0 (default: found)")
	encoding := flags.String("encoding", "", "encoding of tables and texts, such as windows-1250 (default: found)")
	memory, base := memoryFlag(flags), baseFlag(flags)
	top := flags.Int("top", 3, "labels to show of each answer")
	asJSON := flags.Bool("json", false, "print one JSON object per input")
	explain := flags.Bool("explain", false, "print why as JSON: places of a picture, words of a text")
	by := flags.String("by", "", "explain by cam, occlusion; leave-out, gradients, n-grams (default: what fits)")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return fmt.Errorf("predict takes a model and files to classify")
	}
	m, err := openModel(args[0], *base, nil, *memory)
	if err != nil {
		return err
	}
	inputs, err := predictInputs(m.Info().Kind, args[1:], typed,
		recipe.Source{TextColumn: *column, Encoding: *encoding})
	if err != nil {
		return err
	}
	if *explain || *by != "" {
		return printWhy(m, inputs, task.Method(*by))
	}
	failed := 0
	for _, in := range inputs {
		res := m.Classify(in)
		if res.Error != "" {
			failed++
		}
		if *asJSON {
			if err := json.NewEncoder(stdout).Encode(res); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(stdout, answer(res, *top))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d inputs could not be classified", failed, len(inputs))
	}
	return nil
}

// printWhy explains the most probable label of each input.
func printWhy(m *nn.Model, inputs []task.Input, by task.Method) error {
	for _, in := range inputs {
		why, err := m.Explain(in, -1, by)
		if err != nil {
			return fmt.Errorf("%s: %w", in.Name, err)
		}
		if err := json.NewEncoder(stdout).Encode(struct {
			Label string `json:"label"`
			task.Why
		}{m.Info().Labels[why.Index], why}); err != nil {
			return err
		}
	}
	return nil
}

// predictInputs reads files; s says what is known about tables.
func predictInputs(kind task.Kind, files []string, typed []string, s recipe.Source) ([]task.Input, error) {
	var inputs []task.Input
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if b, err = data.NewFile(path, b).Unpacked().Read(nil); err != nil {
			return nil, err
		}
		if form := tableForm(path); kind == task.Text && form != "" {
			s.Form = form
			rows, err := tableInputs(b, path, s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if len(rows) == 0 {
				return nil, fmt.Errorf("%s: expected rows with a text, found none", path)
			}
			inputs = append(inputs, rows...)
			continue
		}
		in := task.Input{Name: filepath.Base(path)}
		if kind == task.Text {
			if in.Text, _, err = data.Text(b, s.Encoding); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		} else if in.File = b; b == nil {
			in.File = []byte{}
		}
		inputs = append(inputs, in)
	}
	for _, t := range typed {
		inputs = append(inputs, task.Input{Name: t, Text: t})
	}
	if len(inputs) == 0 {
		return nil, fmt.Errorf("predict needs a file or --text to classify")
	}
	return inputs, nil
}

// tableForm is the form of a file with a text in each row, "" for one that is a text as a whole.
func tableForm(path string) string {
	if data.IsTable(path) {
		return data.FormOf(path)
	}
	return ""
}

// tableInputs are the texts of a table, named after their lines. What was read and what was left out goes to stderr.
func tableInputs(b []byte, path string, s recipe.Source) (inputs []task.Input, err error) {
	t, err := data.NewTable(b, s)
	if err != nil {
		return nil, err
	}
	if !t.Sure && s.TextColumn == "" {
		return nil, t.Question()
	}
	t.Label = -1
	rows, left, err := t.Take(data.MaxEntries, true)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "%s: %s; rows: %d\n", path, t, len(rows))
	if note := data.Note(left); note != "" {
		fmt.Fprintf(stderr, "%s: %s\n", path, note)
	}
	for _, r := range rows {
		inputs = append(inputs, task.Input{Name: fmt.Sprintf("%s:%d", filepath.Base(path), r.Line), Text: r.Text})
	}
	return inputs, nil
}

// answer is one line: the name, then labels with probabilities, or why there are none.
func answer(res task.Result, top int) string {
	line := res.Name + ":"
	if res.Error != "" {
		return line + " " + res.Error
	}
	switch {
	case res.Unsure:
		line += " not sure enough; nearest"
	case res.Rejected:
		line += " none of the labels; nearest"
	}
	for i, s := range res.Scores {
		if i == top {
			break
		}
		line += fmt.Sprintf("  %s %.1f%%", s.Label, 100*s.Probability)
	}
	if res.Note != "" {
		line += "  (" + res.Note + ")"
	}
	return fmt.Sprintf("%s  %.1f ms", line, res.Millis)
}
