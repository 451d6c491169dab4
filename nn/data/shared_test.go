package data

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/nn/vision"
)

func mustRead(t *testing.T, dir string, o Options, s ...recipe.Source) *Set {
	t.Helper()
	set, err := Read(sets(t, dir), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func wantCounts(t *testing.T, s *Set, kind task.Kind, want ...int) {
	t.Helper()
	if got := counts(s); s.Kind != kind || !slices.Equal(got, want) {
		t.Errorf("read %s samples, %v of the classes %s; expected %s, %v", s.Kind, got, some(s.Labels), kind, want)
	}
}

func times(n, count int) []int { return slices.Repeat([]int{n}, count) }

func TestReadsMNIST(t *testing.T) {
	for _, dir := range []string{"mnist", "fashion-mnist"} {
		t.Run(dir, func(t *testing.T) {
			s := mustRead(t, dir, Options{}, recipe.Source{Form: "idx", Path: dir + "/t10k-images-idx3-ubyte.gz",
				LabelsPath: dir + "/t10k-labels-idx1-ubyte.gz"})
			if len(s.Samples) != 10000 || len(s.Labels) != 10 {
				t.Fatalf("read %d samples of %d classes, expected 10000 of 10", len(s.Samples), len(s.Labels))
			}
			sum := 0
			for _, p := range s.Samples {
				for _, v := range p.Input.Pixels.Grey {
					sum += int(v)
				}
			}
			// The means that the data sets are known by: 0.1325 and 0.2868.
			want := map[string]float64{"mnist": 0.1325, "fashion-mnist": 0.2868}[dir]
			if got := float64(sum) / 255 / 784 / 10000; got < want-5e-5 || got > want+5e-5 {
				t.Errorf("mean of the pixels is %.5f, expected %.4f", got, want)
			}
		})
	}
}

func TestReadsEuroSAT(t *testing.T) {
	zip := "eurosat/eurosat-rgb-4000.zip"
	s := mustRead(t, "eurosat", Options{}, recipe.Source{Form: "zip", Path: zip, Part: "eurosat/test"})
	wantCounts(t, s, task.Image, times(100, 10)...)
	if s.Labels[0] != "AnnualCrop" || s.Labels[9] != "SeaLake" {
		t.Errorf("classes %v, expected AnnualCrop first and SeaLake last", s.Labels)
	}
	m, err := vision.Decode(s.Samples[17].Input.File, vision.White)
	if err != nil || m.Width != 64 || m.Height != 64 || m.Channels != 3 {
		t.Errorf("picture 17 decodes to %+v (%v), expected 64 × 64 RGB", m, err)
	}
	_, err = Read(sets(t, "eurosat"), []recipe.Source{{Form: "zip", Path: zip, Part: "test"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "eurosat/train") {
		t.Errorf("a wrong folder in the archive gives %v, expected an error that lists the folders", err)
	}
}

func TestReadsGoEmotionsAsSentiment(t *testing.T) {
	m := map[string][]string{
		"positive": strings.Split("0 1 4 5 8 13 15 17 18 20 21 23", " "),
		"negative": strings.Split("2 3 9 10 11 12 14 16 19 24 25", " "),
	}
	o := Options{Labels: []string{"negative", "positive"}}
	emotions := recipe.Source{Form: "tsv", Path: "goemotions/train.tsv.gz", TextColumn: "0", LabelColumn: "1",
		Separator: ",", Map: m}
	s := mustRead(t, "goemotions", o, emotions)
	// Counted with a few lines of Python over the same file.
	wantCounts(t, s, task.Text, 9017, 16588)
	if len(s.Notes) < 2 || !strings.Contains(s.Notes[1], "not exactly one class") {
		t.Errorf("notes %q, expected a count of the rows left out", s.Notes)
	}
}

func TestReadsUCISentences(t *testing.T) {
	s := mustRead(t, "uci-sentences", Options{}, recipe.Source{Form: "tsv", Path: "uci-sentences/sentences.tsv",
		Header: new(true), TextColumn: "text", LabelColumn: "label"})
	wantCounts(t, s, task.Text, 1500, 1500)
	want := "So there is no way for me to plug it in here in the US unless I go by a converter."
	if s.Samples[0].Input.Text != want || s.Samples[0].Label != 0 {
		t.Errorf("first sample is %q, class %d; expected %q, class 0", s.Samples[0].Input.Text, s.Samples[0].Label,
			want)
	}
}

func TestReadsCLINC150(t *testing.T) {
	path := "clinc150/data_full.json"
	for part, n := range map[string]int{"train": 100, "val": 20, "test": 30} {
		s := mustRead(t, "clinc150", Options{}, recipe.Source{Form: "clinc", Path: path, Part: part})
		wantCounts(t, s, task.Text, times(n, 150)...)
	}
	s := mustRead(t, "clinc150", Options{Outside: true}, recipe.Source{Form: "clinc", Path: path, Part: "oos_test"})
	if len(s.Samples) != 1000 || s.Samples[0].Label != -1 {
		t.Errorf("out of scope: %d samples, first label %d; expected 1000, -1", len(s.Samples), s.Samples[0].Label)
	}
	_, err := Read(sets(t, "clinc150"), []recipe.Source{{Form: "clinc", Path: path, Part: "dev"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "oos_test, oos_train") {
		t.Errorf("an unknown part gives %v, expected an error that lists the parts", err)
	}
}

func TestReadsOtherTables(t *testing.T) {
	banking := mustRead(t, "banking77", Options{}, recipe.Source{Form: "csv", Path: "banking77/train.csv",
		Header: new(true), TextColumn: "text", LabelColumn: "category"})
	if len(banking.Samples) != 10003 || len(banking.Labels) != 77 {
		t.Errorf("banking77: %d samples of %d classes, expected 10003 of 77", len(banking.Samples), len(banking.Labels))
	}
	sms := mustRead(t, "sms-spam", Options{}, recipe.Source{Form: "tsv", Path: "sms-spam/SMSSpamCollection.tsv"})
	wantCounts(t, sms, task.Text, 4827, 747)
	snips := mustRead(t, "snips-intents", Options{}, recipe.Source{Form: "tsv", Path: "snips-intents/valid.tsv",
		Header: new(true)})
	wantCounts(t, snips, task.Text, times(100, 7)...)
}

// sets is the folder of data sets, where this one is there.
func sets(t *testing.T, set string) fs.FS {
	t.Helper()
	return os.DirFS(filepath.Dir(sharedtest.Path(t, "data/"+set)))
}
