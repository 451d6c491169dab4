package convert

import (
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// A Keras file and the TFLite file that was made of it find the same class in pictures.
func TestKerasAgreesWithItsTFLiteTwin(t *testing.T) {
	card := func(side int, normalisation string) Options {
		return Options{Name: "model", Card: Card{Image: &recipe.Image{Height: side, Width: side, Channels: 3,
			Resize: "bilinear", Mode: "centre", Background: "white", Normalisation: normalisation}}}
	}
	for _, c := range []struct {
		h5, tflite, data string
		o, twin          Options
		pictures         int
		least            float64 // share of pictures of which both say the same; int8 rounds
	}{
		{"pretrainedResnet.h5", "pretrainedResnet.tflite", "data/cifar10-jpeg/cifar10-lossless-100.zip",
			card(32, "none"), card(32, "none"), 60, 1},
		{"vww_96.h5", "vww_96_int8.tflite", "data/sample-photos/png224/*.png", card(96, "0..1"), card(96, "none"), 0,
			0.95},
	} {
		ours, err := open(one(sharedtest.Read(t, "models/mlperf-tiny/"+c.h5)), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.h5, err)
			continue
		}
		twin, err := open(one(sharedtest.Read(t, "models/mlperf-tiny/"+c.tflite)), c.twin)
		if err != nil {
			t.Errorf("%s: %v", c.tflite, err)
			continue
		}
		same, inputs := 0, pictures(t, c.data, c.pictures)
		farthest := 0.0
		for _, in := range inputs {
			a, b := ours.Classify(in), twin.Classify(in)
			if a.Error != "" || b.Error != "" {
				t.Fatalf("%s: %s %s", in.Name, a.Error, b.Error)
			}
			if a.Scores[0].Label == b.Scores[0].Label {
				same++
			}
			i := slices.IndexFunc(b.Scores, func(s task.Score) bool { return s.Label == a.Scores[0].Label })
			farthest = max(farthest, math.Abs(float64(a.Scores[0].Probability-b.Scores[i].Probability)))
		}
		t.Logf("%s: %d of %d pictures have the class that %s gives, probabilities differ by %.2g", c.h5, same,
			len(inputs), c.tflite, farthest)
		if float64(same) < c.least*float64(len(inputs)) {
			t.Errorf("%s: %d of %d pictures have the class that %s gives", c.h5, same, len(inputs), c.tflite)
		}
	}
}

// pictures are the first of an archive; n 0: files.
func pictures(t *testing.T, archive string, n int) (list []task.Input) {
	if n == 0 {
		paths, err := filepath.Glob(sharedtest.Path(t, path.Dir(archive)) + "/" + path.Base(archive))
		if err != nil || len(paths) == 0 {
			t.Skipf("skipped: there is no %s", archive)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, task.Input{Name: path, File: b})
		}
		return list
	}
	files, err := foreign.Unzip(sharedtest.Read(t, archive), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".png") && len(list) < n {
			list = append(list, task.Input{Name: f.Name, File: f.Data})
		}
	}
	return list
}

// The spam filter of a Keras 3 .h5 file and its tokenizer has the accuracy that was measured with Keras.
func TestKerasTextModel(t *testing.T) {
	files := foreign.Files{{Name: "spam_model.h5",
		Data: sharedtest.Read(t, "models/spam-embedding-keras-h5/spam_model.h5")},
		{Name: "tokenizer.json", Data: sharedtest.Read(t, "models/spam-embedding-keras-h5/tokenizer.json")}}
	m, err := open(files, Options{Name: "spam", Labels: []Label{{"ham", ""}, {"spam", ""}},
		Card: Card{Pad: &recipe.Pad{Padding: "post", Truncating: "post"}}})
	if err != nil {
		t.Fatal(err)
	}
	var inputs []task.Input
	var want []string
	for line := range strings.Lines(string(sharedtest.Read(t, "data/sms-spam/SMSSpamCollection.tsv"))) {
		label, text, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if ok {
			inputs, want = append(inputs, task.Input{Text: text}), append(want, label)
		}
	}
	right, silent := 0, 0
	for i, r := range m.ClassifyAll(inputs) {
		if r.Error != "" {
			silent++ // no word in it
		} else if r.Scores[0].Label == want[i] {
			right++
		}
	}
	accuracy := float64(right) / float64(len(want))
	t.Logf("%d of %d messages are right, %d have no word: %.4f", right, len(want), silent, accuracy)
	if math.Abs(accuracy-0.9736) > 0.005 || silent > 20 {
		t.Errorf("the accuracy is %.4f, Keras has 0.9736", accuracy)
	}
}

// The LSTMs of Keras 2 and 3 load; their vocabularies are not public, so that a small one stands for them.
func TestKerasLSTM(t *testing.T) {
	vocabulary := []byte(`{"word_index": {"good": 1, "bad": 2, "film": 3}, "num_words": 4}`)
	for _, name := range []string{"imdb_lstm_keras2.h5", "imdb_lstm_keras3.h5"} {
		h5 := foreign.File{Name: name, Data: sharedtest.Read(t, "models/imdb-rnn-keras-h5/"+name)}
		_, err := open(foreign.Files{h5}, Options{Name: "imdb"})
		if err == nil || !strings.Contains(err.Error(), "give the vocabulary with it") {
			t.Errorf("%s without a vocabulary: %v", name, err)
		}
		m, err := open(foreign.Files{h5, {Name: "tokenizer.json", Data: vocabulary}}, Options{Name: "imdb"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := m.Classify(task.Input{Text: "a good film"})
		if r.Error != "" || len(r.Scores) != 2 {
			t.Errorf("%s: %v", name, r)
		}
		t.Log(name, fmt.Sprint(r.Scores))
	}
}
