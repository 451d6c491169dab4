// Command pretrained measures the shipped models that were trained elsewhere: photos and photos-light on pictures
// of ImageNet-1k kinds (../shared/data/imagenet1k-samples), sentences against the vectors that the published code
// gives (../shared/conformance/use-lite-en).
//
// The 500 pictures are probably among those that the networks were trained on, so that their accuracy is above the
// published one, which the catalogue states.
package main

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wafer/nn/model"
	"wafer/nn/task"
)

func main() {
	shared := flag.String("shared", "../shared", "folder with data and conformance")
	models := flag.String("models", "static/models", "folder of the model files")
	flag.Parse()
	if err := run(*shared, *models); err != nil {
		fmt.Fprintln(os.Stderr, "pretrained:", err)
		os.Exit(1)
	}
}

func run(shared, models string) error {
	for _, name := range []string{"photos", "photos-light"} {
		if err := photos(filepath.Join(models, name+".wafer"),
			filepath.Join(shared, "data/imagenet1k-samples/imagenet1k-samples-224.zip")); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return sentences(filepath.Join(models, "sentences.wafer"),
		filepath.Join(shared, "conformance/use-lite-en/reference.json"))
}

func open(file string) (*model.Model, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return model.Open(b, model.Options{})
}

// photos prints the shares of pictures whose kind comes first, and among the first five.
func photos(file, archive string) error {
	m, err := open(file)
	if err != nil {
		return err
	}
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	began, all, first, five := time.Now(), 0, 0, 0
	var batch []task.Input
	var kinds []int
	flush := func() error {
		for i, res := range m.ClassifyAll(batch) {
			if res.Error != "" {
				return errors.New(res.Name + ": " + res.Error)
			}
			at := rank(res, kinds[i])
			all++
			if at < 1 {
				first++
			}
			if at < 5 {
				five++
			}
		}
		batch, kinds = nil, nil
		return nil
	}
	for _, f := range z.File {
		kind, ok := kindOf(f.Name)
		if !ok {
			continue
		}
		picture, err := read(f)
		if err != nil {
			return err
		}
		batch, kinds = append(batch, task.Input{Name: f.Name, File: picture}), append(kinds, kind)
		if len(batch) == 8 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	fmt.Printf("%-13s top-1 %.3f, top-5 %.3f of %d pictures, %.1f s\n", m.Info().ID, share(first, all),
		share(five, all), all, time.Since(began).Seconds())
	return nil
}

// kindOf reads "0000_n01440764_tench.jpg".
func kindOf(name string) (int, bool) {
	digits, _, ok := strings.Cut(path.Base(name), "_")
	kind, err := strconv.Atoi(digits)
	return kind, ok && err == nil
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// rank is the place of a kind among the answers.
func rank(res task.Result, kind int) int {
	for i, s := range res.Scores {
		if s.Index == kind {
			return i
		}
	}
	return len(res.Scores)
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// sentences prints the least cosine to the published vectors.
func sentences(file, reference string) error {
	m, err := open(file)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(reference)
	if err != nil {
		return err
	}
	var doc struct {
		Cases []struct {
			Text      string
			Embedding []float32
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	least, all, began := 1.0, 0, time.Now()
	for _, c := range doc.Cases {
		if strings.TrimSpace(c.Text) == "" {
			continue // refused: there is nothing to read
		}
		row, err := m.Features(context.Background(), []task.Input{{Text: c.Text}}, nil)
		if err != nil {
			return err
		}
		least, all = min(least, cosine(row.F(), c.Embedding)), all+1
	}
	fmt.Printf("%-13s least cosine %.5f to the published vectors of %d texts, %.1f s\n", m.Info().ID, least, all,
		time.Since(began).Seconds())
	return nil
}

func cosine(a, b []float32) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}
