package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// corpus is a data set as its SOURCE.md divides it; without test samples, what a draw leaves is the test.
type corpus struct {
	name        string
	labels      []string
	train, test []data.Sample
	base        string // of shipped networks the one whose features are of use, "": none
	pictures    bool
}

// source is one corpus' files.
type source struct {
	train, test []recipe.Source
	chinese     bool
}

var sources = map[string]source{
	"banking77": {
		train: table("csv", "banking77/train.csv", "text", "category"),
		test:  table("csv", "banking77/test.csv", "text", "category")},
	"clinc150": {
		train: []recipe.Source{{Form: "clinc", Path: "clinc150/data_full.json", Part: "train"}},
		test:  []recipe.Source{{Form: "clinc", Path: "clinc150/data_full.json", Part: "test"}}},
	"sst2": {
		train: table("tsv", "sst2/train.tsv.gz", "sentence", "label"),
		test:  table("tsv", "sst2/dev.tsv", "sentence", "label")},
	"sms-spam":      {train: table("tsv", "sms-spam/SMSSpamCollection.tsv", "1", "0")},
	"uci-sentences": {train: table("tsv", "uci-sentences/sentences.tsv", "text", "label")},
	"emotion":       {train: table("tsv", "tweeteval/emotion/train.tsv", "text", "label")},
	"irony":         {train: table("tsv", "tweeteval/irony/train.tsv", "text", "label")},
	"snips":         {train: table("tsv", "snips-intents/train.tsv", "text", "label")},
	"ag-news":       {train: table("csv", "ag-news-test/test.csv.gz", "1", "0")},
	"goemotions":    {train: table("tsv", "goemotions/train.tsv.gz", "0", "1")},
	"eurosat":       {train: []recipe.Source{{Form: "zip", Path: "eurosat/eurosat-rgb-4000.zip"}}},
	"fashion":       idx("fashion-mnist"),
	"mnist":         idx("mnist"),
	"zh-hotel": {chinese: true,
		train: table("csv", "zh-hotel-reviews/ChnSentiCorp_htl_all.csv.gz", "review", "label")},
	"zh-shopping": {chinese: true,
		train: table("csv", "zh-shopping-10cats/online_shopping_10_cats.csv.gz", "review", "cat")},
	"zh-titles": {chinese: true,
		train: table("tsv", "zh-news-titles/dev.txt", "0", "1"),
		test:  table("tsv", "zh-news-titles/test.txt", "0", "1")},
}

// idx are test pictures as MNIST has them.
func idx(folder string) source {
	return source{train: []recipe.Source{{Form: "idx", Path: folder + "/t10k-images-idx3-ubyte.gz",
		LabelsPath: folder + "/t10k-labels-idx1-ubyte.gz"}}}
}

// table is a file with columns by name, or by number where it has no names.
func table(form, path, text, label string) []recipe.Source {
	_, err := strconv.Atoi(text)
	named := err != nil
	return []recipe.Source{{Form: form, Path: path, Header: &named, TextColumn: text, LabelColumn: label}}
}

// read reads a corpus from the folder of data sets.
func read(root fs.FS, name string) (*corpus, error) {
	c := &corpus{name: name, base: "sentences"}
	switch name {
	case "trec":
		return c, c.readTREC(root)
	case "trashnet":
		return c, c.readTrashNet(root)
	case "imagenet":
		return c, c.readImageNet(root)
	}
	s, known := sources[name]
	if !known {
		return nil, fmt.Errorf("there is no corpus %q", name)
	}
	if s.chinese {
		c.base = ""
	}
	train, err := data.Read(root, s.train, data.Options{})
	if err != nil {
		return nil, err
	}
	c.labels, c.train = train.Labels, train.Samples
	if s.test == nil {
		return c, nil
	}
	test, err := data.Read(root, s.test, data.Options{Labels: c.labels})
	if err != nil {
		return nil, err
	}
	c.test = test.Samples
	return c, nil
}

// readTREC reads lines "COARSE:fine question".
func (c *corpus) readTREC(root fs.FS) (err error) {
	c.labels = []string{"ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"}
	if c.train, err = c.questions(root, "trec-questions/TREC.train"); err != nil {
		return err
	}
	c.test, err = c.questions(root, "trec-questions/TREC.test")
	return err
}

// questions reads a file; a kind that is none of the six is an error.
func (c *corpus) questions(root fs.FS, path string) (list []data.Sample, err error) {
	content, err := fs.ReadFile(root, path)
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		kind, question, _ := strings.Cut(line, " ")
		coarse, _, _ := strings.Cut(kind, ":")
		label := slices.Index(c.labels, coarse)
		if label < 0 {
			return nil, fmt.Errorf("%s: expected one of %v, found %q", path, c.labels, kind)
		}
		list = append(list, data.Sample{Input: task.Input{Text: question}, Label: label})
	}
	return list, nil
}

// readImageNet reads pictures of many kinds, as one class: to be none of another corpus.
func (c *corpus) readImageNet(root fs.FS) error {
	const path = "imagenet1k-samples/imagenet1k-samples-224.zip"
	content, err := fs.ReadFile(root, path)
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, f := range z.File {
		picture, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		c.train = append(c.train, data.Sample{Input: task.Input{Name: f.Name, File: picture}})
	}
	return nil
}

// readTrashNet divides the photos as their authors did: lines "file class", classes from 1.
func (c *corpus) readTrashNet(root fs.FS) error {
	c.base, c.pictures = "photos", true
	set, err := data.Read(root, []recipe.Source{{Form: "zip", Path: "trashnet/trashnet-150x200.zip"}}, data.Options{})
	if err != nil {
		return err
	}
	photos := map[string]task.Input{}
	for _, s := range set.Samples {
		photos[path.Base(s.Input.Name)] = s.Input
	}
	c.labels = []string{"glass", "paper", "cardboard", "plastic", "metal", "trash"}
	for list, to := range map[string]*[]data.Sample{"train": &c.train, "test": &c.test} {
		content, err := fs.ReadFile(root, "trashnet/upstream-split-"+list+".txt")
		if err != nil {
			return err
		}
		for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
			var name string
			var class int
			if _, err := fmt.Sscan(line, &name, &class); err != nil || class < 1 || class > len(c.labels) {
				return fmt.Errorf("trashnet: expected a file and a class from 1 to 6, found %q", line)
			}
			in, known := photos[name]
			if !known {
				return fmt.Errorf("trashnet: there is no photo %s", name)
			}
			*to = append(*to, data.Sample{Input: in, Label: class - 1})
		}
	}
	return nil
}
