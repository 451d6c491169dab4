package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn/convert"
	"wafer/nn/model"
	"wafer/server/atomicfile"
	"wafer/static"
)

// cmdConvert makes a model file of another tool's file.
func cmdConvert(args []string) error {
	flags := flag.NewFlagSet("wafer convert IN OUT", flag.ContinueOnError)
	card := flags.String("card", "", "JSON file with title, credit, preprocessing and accuracy, as in static/cards")
	labels := flags.String("labels", "",
		"file with a name per line, or lines of identifier, name and Chinese name with tabs between")
	as := flags.String("as", "", "architecture that a file of weights belongs to, where its names do not tell: "+
		strings.Join(convert.Architectures(), ", "))
	vocabulary := flags.String("vocabulary", "", "JSON file of an encoder of texts: a list of [piece, score]")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 2 {
		return fmt.Errorf("convert takes a file to read and one to write, but got %d arguments", len(args))
	}
	o, err := convertOptions(args[0], *card, *labels, *vocabulary)
	if err != nil {
		return err
	}
	o.As = *as
	files, err := modelFiles(args[0])
	if err != nil {
		return err
	}
	file, err := convert.Model(files, o)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	m, err := model.Open(file, model.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if err := atomicfile.Write(args[1], file, 0o644); err != nil {
		return err
	}
	info := m.Info()
	fmt.Fprintf(stdout, "%s: %d parameters, %d labels, %d bytes\n", args[1], info.Params, len(info.Labels), info.Bytes)
	return nil
}

// convertOptions reads the files beside the one that is converted; a path of "" is none.
func convertOptions(in, card, labels, vocabulary string) (o convert.Options, err error) {
	o.Name = strings.TrimSuffix(filepath.Base(in), filepath.Ext(in))
	names, err := static.Files.ReadFile("cards/photos.tsv")
	if err == nil {
		o.ImageNet, err = convert.ParseLabels(string(names))
	}
	if err != nil {
		return o, err
	}
	if card != "" {
		b, err := os.ReadFile(card)
		if err != nil {
			return o, err
		}
		if o.Card, err = convert.ParseCard(b); err != nil {
			return o, fmt.Errorf("%s: %w", card, err)
		}
	}
	if labels != "" {
		b, err := os.ReadFile(labels)
		if err != nil {
			return o, err
		}
		if o.Labels, err = convert.ParseLabels(string(b)); err != nil {
			return o, fmt.Errorf("%s: %w", labels, err)
		}
	}
	if vocabulary != "" {
		o.Vocabulary, err = os.ReadFile(vocabulary)
	}
	return o, err
}
