package data

import (
	"slices"
	"strings"
	"testing"

	"wafer/nn/task"
	"wafer/nn/vision"
)

func mustRead(t *testing.T, dir string, o Options, s ...Source) *Set {
	t.Helper()
	set, err := Read(shared(t, dir), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func wantCounts(t *testing.T, s *Set, kind task.Kind, want ...int) {
	t.Helper()
	if got := s.Counts(); s.Kind != kind || !slices.Equal(got, want) {
		t.Errorf("read %s samples, %v of the classes %s; expected %s, %v", s.Kind, got, some(s.Classes), kind, want)
	}
}

func times(n, count int) []int { return slices.Repeat([]int{n}, count) }

func TestReadsMNIST(t *testing.T) {
	for _, dir := range []string{"mnist", "fashion-mnist"} {
		t.Run(dir, func(t *testing.T) {
			s := mustRead(t, dir, Options{}, Source{Form: "idx", Path: dir + "/t10k-images-idx3-ubyte.gz", LabelsPath: dir + "/t10k-labels-idx1-ubyte.gz"})
			if s.Len() != 10000 || len(s.Classes) != 10 {
				t.Fatalf("read %d samples of %d classes, expected 10000 of 10", s.Len(), len(s.Classes))
			}
			sum := 0
			for _, p := range s.Pictures {
				for _, v := range p.Pixels.Pix {
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
	s := mustRead(t, "eurosat", Options{}, Source{Form: "zip", Path: zip, Part: "eurosat/test"})
	wantCounts(t, s, task.Image, times(100, 10)...)
	if s.Classes[0] != "AnnualCrop" || s.Classes[9] != "SeaLake" {
		t.Errorf("classes %v, expected AnnualCrop first and SeaLake last", s.Classes)
	}
	m, err := s.Pictures[17].Decode(vision.White)
	if err != nil || m.Width != 64 || m.Height != 64 || m.Channels != 3 {
		t.Errorf("picture 17 decodes to %+v (%v), expected 64 × 64 RGB", m, err)
	}
	_, err = Read(shared(t, "eurosat"), []Source{{Form: "zip", Path: zip, Part: "test"}}, Options{})
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
	emotions := Source{Form: "tsv", Path: "goemotions/train.tsv.gz", TextColumn: "0", LabelColumn: "1", Separator: ",", Map: m}
	s := mustRead(t, "goemotions", o, emotions)
	// Counted with a few lines of Python over the same file.
	wantCounts(t, s, task.Text, 9017, 16588)
	if len(s.Notes) == 0 || !strings.Contains(s.Notes[0], "not exactly one class") {
		t.Errorf("notes %q, expected a count of the rows left out", s.Notes)
	}
}

func TestReadsUCISentences(t *testing.T) {
	s := mustRead(t, "uci-sentences", Options{}, Source{Form: "tsv", Path: "uci-sentences/sentences.tsv", Header: true, TextColumn: "text", LabelColumn: "label"})
	wantCounts(t, s, task.Text, 1500, 1500)
	if want := "So there is no way for me to plug it in here in the US unless I go by a converter."; s.Texts[0] != want || s.Labels[0] != 0 {
		t.Errorf("first sample is %q, class %d; expected %q, class 0", s.Texts[0], s.Labels[0], want)
	}
}

func TestReadsCLINC150(t *testing.T) {
	path := "clinc150/data_full.json"
	for part, n := range map[string]int{"train": 100, "val": 20, "test": 30} {
		s := mustRead(t, "clinc150", Options{}, Source{Form: "clinc", Path: path, Part: part})
		wantCounts(t, s, task.Text, times(n, 150)...)
	}
	s := mustRead(t, "clinc150", Options{Outside: true}, Source{Form: "clinc", Path: path, Part: "oos_test"})
	if s.Len() != 1000 || s.Labels[0] != -1 {
		t.Errorf("out of scope: %d samples, first label %d; expected 1000, -1", s.Len(), s.Labels[0])
	}
	_, err := Read(shared(t, "clinc150"), []Source{{Form: "clinc", Path: path, Part: "dev"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "oos_test, oos_train") {
		t.Errorf("an unknown part gives %v, expected an error that lists the parts", err)
	}
}

func TestReadsOtherTables(t *testing.T) {
	banking := mustRead(t, "banking77", Options{}, Source{Form: "csv", Path: "banking77/train.csv", Header: true, TextColumn: "text", LabelColumn: "category"})
	if banking.Len() != 10003 || len(banking.Classes) != 77 {
		t.Errorf("banking77: %d samples of %d classes, expected 10003 of 77", banking.Len(), len(banking.Classes))
	}
	sms := mustRead(t, "sms-spam", Options{}, Source{Form: "tsv", Path: "sms-spam/SMSSpamCollection.tsv"})
	wantCounts(t, sms, task.Text, 4827, 747)
	snips := mustRead(t, "snips-intents", Options{}, Source{Form: "tsv", Path: "snips-intents/valid.tsv", Header: true})
	wantCounts(t, snips, task.Text, times(100, 7)...)
}
