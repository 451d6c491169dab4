// Command outside gives shipped models of pictures their rule for "none of these": a plane between the features of
// their own samples and those of pictures that are none of theirs, moved so that 95 % or more of one half of their own
// test samples pass; what it rejects is measured on pictures that took no part.
//
// photos and photos-light have the energy of their own head and a plane beside it, which alone would tell only the
// kinds of foreign pictures that it was fitted on from photographs. Weights stay as they are. Pictures whose licence
// forbids training (ImageNet, CIFAR) are measured on only.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/solve"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// shipped says what a model is fitted and measured on: names of sets.
type shipped struct {
	model    string
	own      string   // to fit on
	ownTest  string   // half of it moves the threshold, half is measured
	foreign  []string // to fit on; what is left of them is measured
	foreign2 []string // measured only: kinds that the rule has never seen
}

var models = []shipped{
	{"digits", "mnist/train", "mnist/test", []string{"trashnet", "fashion/test"},
		[]string{"imagenet", "eurosat/test", "cifar"}},
	{"fashion", "fashion/train", "fashion/test", []string{"trashnet", "eurosat/train", "mnist/test"},
		[]string{"imagenet", "cifar"}},
	{"land", "eurosat/train", "eurosat/test", []string{"trashnet", "fashion/test"},
		[]string{"imagenet", "mnist/test", "cifar"}},
}

const (
	fitOn  = 500 // foreign pictures of each set
	lambda = 0.3 // strength of regularisation, see solve.Strengths
	enough = 0.98
)

// mayReject are the shares of own samples that may be rejected: the least that rejects enough of what is foreign, since
// people's own drawings and photographs vary more than those of a test set.
var mayReject = []float64{0.005, 0.01, 0.02, 0.05}

func main() {
	log.SetFlags(0)
	folder := flag.String("data", "../shared/data", "folder of data sets")
	dir := flag.String("models", "static/models", "folder of the model files, which are written anew")
	measure := flag.Bool("measure", true, "measure photos and photos-light, which takes minutes")
	only := flag.String("only", "", "only the model of this name")
	without := flag.String("without", "", "with commas: kinds that photos and photos-light are not fitted on")
	flag.Parse()
	t := &tool{root: os.DirFS(*folder), sets: map[string][]task.Input{}, without: strings.Split(*without, ",")}
	fmt.Println("| model | own that pass | foreign that are rejected |\n|---|---|---|")
	for _, s := range models {
		if *only != "" && *only != s.model {
			continue
		}
		if err := t.calibrate(filepath.Join(*dir, s.model+".wafer"), s); err != nil {
			log.Fatalf("outside: %s: %v", s.model, err)
		}
	}
	for _, name := range general {
		if *only != "" && *only != name {
			continue
		}
		if err := t.byEnergy(filepath.Join(*dir, name+".wafer"), *measure); err != nil {
			log.Fatalf("outside: %s: %v", name, err)
		}
	}
}

type tool struct {
	root fs.FS
	sets map[string][]task.Input
	net  *model.Model

	without []string             // kinds that the way is not fitted on
	kept    map[string][]float32 // features of sets by the network
}

func (t *tool) calibrate(file string, s shipped) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if t.net, err = model.Open(content, model.Options{Runner: native.Runner(0)}); err != nil {
		return err
	}
	defer t.net.Close()
	t.kept = map[string][]float32{}
	width := t.net.FeatureSize()
	plane, err := t.plane(s, width)
	if err != nil {
		return err
	}
	own, err := t.scores(s.ownTest, plane)
	if err != nil {
		return err
	}
	half := slices.Sorted(slices.Values(own[:len(own)/2]))
	threshold, err := t.threshold(s, plane, half)
	if err != nil {
		return err
	}
	line, rate, err := t.measure(s, plane, threshold)
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %.3f of %d | %s |\n", s.model, 1-below(own[len(own)/2:], threshold), len(own)-len(own)/2, line)
	return t.write(file, content, plane, threshold, len(half), rate)
}

// plane solves for the direction from foreign features to own ones.
func (t *tool) plane(s shipped, width int) ([]float32, error) {
	x := solve.Features{Width: width}
	var y []int
	for i, set := range append([]string{s.own}, s.foreign...) {
		rows, err := t.features(set)
		if err != nil {
			return nil, err
		}
		class, n := 1, len(rows)/width
		if i > 0 {
			class, n = 0, min(fitOn, n/2)
		}
		x.Dense, x.Rows = append(x.Dense, rows[:n*width]...), x.Rows+n
		y = append(y, slices.Repeat([]int{class}, n)...)
	}
	scaler := solve.Standardise(x)
	h, err := solve.Solve(solve.Problem{X: scaler.Apply(x), Y: y, Classes: 2, Weight: solve.Balanced(y, 2, 1),
		Runner: native.Runner(0)}, lambda)
	if err != nil {
		return nil, err
	}
	plane := make([]float32, width)
	for j := range plane {
		plane[j] = (h.Dense[2*j+1] - h.Dense[2*j]) * scaler.Factor(j)
	}
	return plane, nil
}

// threshold lets the most of the sorted own scores through at which enough of every foreign set is rejected, 95 % at
// least.
func (t *tool) threshold(s shipped, plane, own []float32) (at float32, err error) {
	for _, share := range mayReject {
		at = own[int(share*float64(len(own)))]
		worst := 1.0
		for _, set := range s.foreign {
			scores, err := t.scores(set, plane)
			if err != nil {
				return 0, err
			}
			worst = min(worst, below(scores[:min(fitOn, len(scores)/2)], at))
		}
		if worst >= enough {
			break
		}
	}
	return at, nil
}

// measure is a cell of the table, and the share of all that is foreign and rejected.
func (t *tool) measure(s shipped, plane []float32, threshold float32) (line string, rate float64, err error) {
	n := 0
	for i, set := range slices.Concat(s.foreign, s.foreign2) {
		scores, err := t.scores(set, plane)
		if err != nil {
			return "", 0, err
		}
		kind := "never seen"
		if i < len(s.foreign) {
			scores, kind = scores[min(fitOn, len(scores)/2):], "others of it fitted on"
		}
		share := below(scores, threshold)
		line += fmt.Sprintf("%s (%s) %.3f; ", set, kind, share)
		rate, n = rate+share, n+1
	}
	return line, rate / float64(n), nil
}

func below(scores []float32, threshold float32) float64 {
	n := 0
	for _, v := range scores {
		if !(v >= threshold) {
			n++
		}
	}
	return float64(n) / float64(max(len(scores), 1))
}

func (t *tool) write(file string, before []byte, plane []float32, threshold float32, held int, rate float64) error {
	about := &model.Outside{Features: t.net.FeatureEntry(), Linear: true, Threshold: threshold, Samples: held}
	return t.replace(file, before, about, rate, tensor.Floats(plane, 1, len(plane)))
}

// replace writes the model file with another rule; rows are nil where it has none.
func (t *tool) replace(file string, before []byte, about *model.Outside, rate float64, rows *tensor.Tensor) error {
	doc, state := *t.net.Document(), map[string]*tensor.Tensor{}
	for name, v := range t.net.State() {
		state[name] = v
	}
	doc.Info.Rejects, doc.Info.RejectRate = true, rate
	doc.Outside = about
	if rows != nil {
		state[model.CentroidsName] = rows
	}
	m, err := model.Write(doc, state, model.Options{})
	if err != nil || bytes.Equal(m.Bytes(), before) {
		return err
	}
	return os.WriteFile(file, m.Bytes(), 0o644)
}

// features are rows by the network of at most mostOfSet samples of a set.
func (t *tool) features(set string) ([]float32, error) {
	if t.kept[set] != nil {
		return t.kept[set], nil
	}
	list, err := t.read(set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", set, err)
	}
	x, err := t.net.Features(context.Background(), list, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", set, err)
	}
	t.kept[set] = x.F()
	return x.F(), nil
}

// scores are the sums of features times the plane, a sum per picture in ascending order.
func (t *tool) scores(set string, plane []float32) (scores []float32, err error) {
	rows, err := t.features(set)
	for row := range slices.Chunk(rows, len(plane)) {
		var s float32
		for j, v := range row {
			s += float32(v * plane[j])
		}
		scores = append(scores, s)
	}
	return scores, err
}

var sources = map[string]recipe.Source{
	"mnist/train":   idx("mnist", "train"),
	"mnist/test":    idx("mnist", "t10k"),
	"fashion/train": idx("fashion-mnist", "train"),
	"fashion/test":  idx("fashion-mnist", "t10k"),
	"eurosat/train": {Form: "zip", Path: "eurosat/eurosat-rgb-4000.zip", Part: "eurosat/train"},
	"eurosat/test":  {Form: "zip", Path: "eurosat/eurosat-rgb-4000.zip", Part: "eurosat/test"},
	"trashnet":      {Form: "zip", Path: "trashnet/trashnet-150x200.zip"},
	"cifar":         {Form: "zip", Path: "cifar10-jpeg/cifar10-jpeg.zip", Part: "cifar10/test"},
}

// idx are pictures as MNIST has them, of the part "train" or "t10k".
func idx(folder, part string) recipe.Source {
	return recipe.Source{Form: "idx", Path: folder + "/" + part + "-images-idx3-ubyte.gz",
		LabelsPath: folder + "/" + part + "-labels-idx1-ubyte.gz"}
}

const mostOfSet = 2000

// read draws samples of a set, the same ones every time.
func (t *tool) read(set string) ([]task.Input, error) {
	if list := t.sets[set]; list != nil {
		return list, nil
	}
	all, err := t.all(set)
	if err != nil {
		return nil, err
	}
	draw := data.Rand(1, "outside", 0, 0)
	draw.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	t.sets[set] = all[:min(len(all), mostOfSet)]
	return t.sets[set], nil
}

// all are the pictures of a set: of an archive, of a folder, drawn, or of a data set.
func (t *tool) all(set string) (list []task.Input, err error) {
	switch {
	case set == "imagenet": // one archive without folders
		return t.archive("imagenet1k-samples/imagenet1k-samples-224.zip")
	case set == samples:
		return t.files("sample-photos/original/*.jpg")
	case kinds[set] != nil:
		return drawn(set), nil
	}
	read, err := data.Read(t.root, []recipe.Source{sources[set]}, data.Options{})
	if err != nil {
		return nil, err
	}
	for _, s := range read.Samples {
		list = append(list, s.Input)
	}
	return list, nil
}
