package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/atomicfile"
	"wafer/server/fit"
	"wafer/server/store"
)

// trainedModels are the shipped models that a recipe trains; others are converted from published files.
var trainedModels = []string{"digits", "fashion", "land", "sentiment", "intents", "sentiment-lstm"}

// catalogueOrder is how the catalogue lists the shipped models. The first of a kind is the one that the page opens
// with.
var catalogueOrder = slices.Concat([]string{"photos", "photos-light"}, trainedModels, []string{"sentences"})

// cmdCatalogue writes catalogue.json from the model files and the cards of their recipes; models that were converted
// carry theirs. Nothing in it is typed by hand but the cards' texts.
func cmdCatalogue(args []string) error {
	flags := flag.NewFlagSet("wafer catalogue", flag.ContinueOnError)
	models := flags.String("models", "static/models", "folder of the model files; catalogue.json is written there")
	recipes := flags.String("recipes", "static/recipes", "folder of the recipes")
	samples := flags.String("samples", "static/samples", "folder of the sample pictures, one folder per model")
	draw := flags.Bool("write-samples", false, "first write a sample picture per label from the test data (needs "+
		"--data)")
	dir := flags.String("data", ".", "folder that the recipes' paths are relative to")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("catalogue takes no arguments, but got %q", args[0])
	}
	var list []task.Model
	for _, name := range catalogueOrder {
		file, err := os.ReadFile(filepath.Join(*models, name+".wafer"))
		if errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(stderr, "wafer: there is no model %s yet\n", name)
			continue
		} else if err != nil {
			return err
		}
		r, err := readRecipe(filepath.Join(*recipes, name+".json"))
		if errors.Is(err, os.ErrNotExist) {
			r = &recipe.Recipe{} // it was converted
		} else if err != nil {
			return err
		}
		entry, err := model.Entry(file, r.Card, baseBeside(*models))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if entry.Kind == task.Image && *draw && r.Name != "" {
			if err := writeSamples(file, r, *dir, *samples); err != nil {
				return err
			}
		}
		if entry.Kind == task.Image {
			entry.Examples = examples(*samples, strings.TrimSuffix(name, "-light"))
		}
		list = append(list, entry)
	}
	b, err := marshalIndented(list)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(*models, "catalogue.json"), b, 0o644)
}

// baseBeside gets the base that a model names from the models of a folder.
func baseBeside(dir string) document.Finder {
	return func(sha256 string) ([]byte, error) {
		for _, name := range catalogueOrder {
			file, err := os.ReadFile(filepath.Join(dir, name+".wafer"))
			if err == nil && store.RefOf(file).SHA256 == sha256 {
				return file, nil
			}
		}
		return nil, fmt.Errorf("the model is the head of another, %.12s…, which is not in %s", sha256, dir)
	}
}

// examples are the sample pictures of a model, by their paths below /static/.
func examples(dir, model string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, model, "*")) // in the order of their names
	var out []string
	for _, f := range files {
		if isPicture(f) {
			out = append(out, path.Join(filepath.Base(dir), model, filepath.Base(f)))
		}
	}
	return out
}

// marshalIndented keeps & and < as they are.
func marshalIndented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// writeSamples writes, per label, the first test picture that the model classifies
// rightly with 90% or more.
func writeSamples(file []byte, r *recipe.Recipe, dir, to string) error {
	m, err := nn.Open(file)
	if err != nil {
		return err
	}
	d, _, err := data.Load(fit.Folder(dir), r.Preprocess, nil)
	if err != nil {
		return err
	}
	done := map[int]bool{}
	for _, s := range d.Split(r).Test {
		if done[s.Label] {
			continue
		}
		res := m.Classify(s.Input)
		if res.Error != "" || res.Scores[0].Index != s.Label || res.Scores[0].Probability < 0.9 {
			continue
		}
		done[s.Label] = true
		name, picture, err := samplePicture(s.Input, d.Labels[s.Label])
		if err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(to, r.Name, name), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// samplePicture is a picture as a file: the file it came from, or a PNG of its pixels.
func samplePicture(in task.Input, label string) (name string, file []byte, err error) {
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' {
			return '-'
		}
		return r
	}, label))
	if in.File != nil {
		return name + strings.ToLower(path.Ext(in.Name)), in.File, nil
	}
	p := in.Pixels
	if p.Grey == nil {
		return "", nil, fmt.Errorf("sample of %s: expected an encoded picture or a grey one", label)
	}
	var b bytes.Buffer
	err = png.Encode(&b, &image.Gray{Pix: p.Grey, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)})
	return name + ".png", b.Bytes(), err
}

// isPicture tells a sample from the credits beside it, by the ending of its name.
func isPicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return true
	}
	return false
}
