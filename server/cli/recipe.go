package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn/data"
	"wafer/nn/format/kerasprogram"
	"wafer/nn/recipe"
	"wafer/server/atomicfile"
	"wafer/server/fit"
)

// cmdRecipe writes the recipe that a Keras program describes, says by line what it could not take over, and looks a
// recipe over.
func cmdRecipe(args []string) error {
	flags := flag.NewFlagSet("wafer recipe PROGRAM|RECIPE", flag.ContinueOnError)
	classes := flags.Int("classes", 0, "labels of the data (default: as many as the program says)")
	dir := flags.String("data", "", "folder with the data, for advice that needs their numbers")
	fix := flags.Bool("fix", false, "follow the advice")
	keras := flags.Bool("keras", false, "write the recipe as a program for Keras")
	out := flags.String("out", "", "file to write (default: standard output)")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return fmt.Errorf("recipe takes one program (.py, .ipynb) or recipe (.json), but got %d arguments", len(args))
	}
	r, doc, err := programOrRecipe(args[0], *classes)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	counts, err := countsOf(r, *dir)
	if err != nil {
		return err
	}
	if advise(r, counts, *fix) && *fix {
		doc = r.Bytes()
	}
	text, err := indented(doc)
	if *keras {
		text, err = kerasprogram.Write(r)
	}
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = stdout.Write(text)
		return err
	}
	return atomicfile.Write(*out, text, 0o644)
}

// indented is a JSON document for people.
func indented(doc []byte) ([]byte, error) {
	var b bytes.Buffer
	err := json.Indent(&b, doc, "", "  ")
	b.WriteByte('\n')
	return b.Bytes(), err
}

// programOrRecipe reads a file as what its name says, and prints what of a program was not taken over.
func programOrRecipe(path string, classes int) (*recipe.Recipe, []byte, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		b, err := readAtMost(path, recipe.MaxBytes)
		if err != nil {
			return nil, nil, err
		}
		r, err := recipe.Parse(b)
		return r, b, err
	}
	b, err := readAtMost(path, kerasprogram.MaxBytes)
	if err != nil {
		return nil, nil, err
	}
	base := filepath.Base(path)
	p, err := kerasprogram.Read(b, kerasprogram.Options{Name: strings.TrimSuffix(base, filepath.Ext(base)),
		Classes: classes})
	if err != nil {
		return nil, nil, err
	}
	for _, n := range p.Notes {
		if n.Line > 0 {
			fmt.Fprintf(stderr, "line %d: %v\n    %s\n", n.Line, n.Err, n.Code)
		} else {
			fmt.Fprintln(stderr, n.Err)
		}
	}
	return p.Recipe, p.JSON, nil
}

// advise prints what can be done better, and whether anything can. With fix it is done.
func advise(r *recipe.Recipe, c recipe.Counts, fix bool) (any bool) {
	for _, a := range r.Advise(c) {
		done := ""
		if fix && a.Fix != nil {
			a.Fix(r)
			done, any = " (done)", true
		}
		fmt.Fprintf(stderr, "%s: %v [%s]%s\n", a.Path, a.Err, a.Rule, done)
	}
	return any
}

// countsOf reads the data of a recipe and counts them as its run would; nothing without a folder.
func countsOf(r *recipe.Recipe, dir string) (c recipe.Counts, err error) {
	if dir == "" {
		return c, nil
	}
	d, notes, err := data.Load(fit.Folder(dir), r.Preprocess, nil)
	if err != nil {
		return c, err
	}
	for _, n := range notes {
		fmt.Fprintln(stderr, "note:", n)
	}
	c.Train, c.Validation = make([]int, len(d.Labels)), len(d.Validation)
	for _, s := range d.Train {
		c.Train[s.Label]++
	}
	if held := int(r.Validate.Split * float64(len(d.Train))); len(d.Validation) == 0 {
		c.Validation = held
	}
	return c, nil
}

// readAtMost reads a file, one byte more than is allowed at most, so that who reads it can refuse it.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}
