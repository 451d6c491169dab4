package convert

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/foreign"
	"wafer/nn/model"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// shipped opens a model of static/models as its card makes it from the shared file.
func shipped(t *testing.T, name, from string) *model.Model {
	t.Helper()
	file := sharedtest.Read(t, from)
	card, err := os.ReadFile("../../static/cards/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var o Options
	if o.Card, err = ParseCard(card); err != nil {
		t.Fatal(err)
	}
	if o.Card.Background {
		names, err := os.ReadFile("../../static/cards/photos.tsv")
		if err != nil {
			t.Fatal(err)
		}
		if o.Labels, err = ParseLabels(string(names)); err != nil {
			t.Fatal(err)
		}
	} else {
		o.Vocabulary = sharedtest.Read(t, "models/use-lite-en/vocab.json")
	}
	m, err := open(one(file), o)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../static/models/" + name + ".wafer")
	if err != nil || content(t, have) != content(t, m.Bytes()) {
		t.Errorf("static/models/%s.wafer has %d bytes (%v), converting gives another model of %d", name, len(have), err,
			len(m.Bytes()))
	}
	return m
}

// content is what a model file says, however its header is laid out, but for the rule that tools/outside adds.
func content(t *testing.T, file []byte) string {
	t.Helper()
	var doc document.Document
	state, err := format.Decode(file, &doc)
	if err != nil {
		t.Fatal(err)
	}
	doc.Outside, doc.Info.Rejects, doc.Info.RejectRate = nil, false, 0
	delete(state, document.CentroidsName)
	meta, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(meta) + format.Hash(state)
}

const (
	edgeFile = "models/mobilenet-edgetpu-0.75-tflite/mobilenet_edgetpu_0.75_224_post_training_quant.tflite"
	v2File   = "models/mobilenet-v2-tflite/mobilenet_v2_1.0_224_quant.tflite"
	useFile  = "models/use-lite-en/use_lite_en.f16.safetensors"
)

// The five most probable kinds and the features of six photographs are those of the float network that
// expected.json was made with. Its probabilities count the background, which is left out here.
func TestPhotosGiveTheExpectedKinds(t *testing.T) {
	for name, from := range map[string]string{"photos": edgeFile, "photos-light": v2File} {
		t.Run(name, func(t *testing.T) {
			m := shipped(t, name, from)
			var want struct {
				Cases map[string]struct {
					Top      [][2]float64 `json:"float_top5"`
					Features []float32    `json:"float_features_first8"`
				}
			}
			if err := json.Unmarshal(sharedtest.Read(t, from[:strings.LastIndex(from, "/")]+"/expected.json"),
				&want); err != nil || len(want.Cases) != 6 {
				t.Fatalf("expected.json has %d cases (%v)", len(want.Cases), err)
			}
			for file, w := range want.Cases {
				in := task.Input{Name: file, File: sharedtest.Read(t, "data/sample-photos/png224/"+file)}
				compareTop(t, m, in, w.Top, name == "photos")
				rows, err := m.Features(context.Background(), []task.Input{in}, nil)
				if err != nil || rows.Shape()[1] != 1280 || m.FeatureSize() != 1280 {
					t.Fatalf("features are %v (%v), expected 1280 numbers", rows, err)
				}
				for i, v := range w.Features {
					if d := math.Abs(float64(rows.F()[i] - v)); name == "photos" && d > 2e-3 {
						t.Errorf("%s: feature %d is %v, expected %v", file, i, rows.F()[i], v)
					}
				}
			}
		})
	}
}

func compareTop(t *testing.T, m *model.Model, in task.Input, want [][2]float64, exact bool) {
	t.Helper()
	res := m.Classify(in)
	if res.Error != "" {
		t.Fatalf("%s: %s", in.Name, res.Error)
	}
	for i, w := range want {
		if int(w[0]) == 0 {
			continue // background
		}
		s := res.Scores[i]
		if near := math.Abs(float64(s.Probability)-w[1]) < 0.01; s.Index != int(w[0])-1 && (exact || i == 0) && !near ||
			exact && !near {
			t.Errorf("%s: number %d is %s (%d) with %.4f, expected kind %.0f with %.4f", in.Name, i+1, s.Label, s.Index,
				s.Probability, w[0]-1, w[1])
		}
	}
}

// Features of texts are those of the encoder, whatever else is asked for in the same call.
func TestSentencesGiveVectors(t *testing.T) {
	m := shipped(t, "sentences", useFile)
	var ref reference
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/use-lite-en/reference.json"), &ref); err != nil {
		t.Fatal(err)
	}
	var inputs []task.Input
	var vectors [][]float32
	for _, c := range ref.Cases {
		if strings.TrimSpace(c.Text) != "" {
			inputs, vectors = append(inputs, task.Input{Text: c.Text}), append(vectors, c.Embedding)
		}
	}
	finished := 0
	rows, err := m.Features(context.Background(), inputs, func(n int) { finished = n })
	if err != nil || finished != len(inputs) {
		t.Fatalf("%d of %d are finished (%v)", finished, len(inputs), err)
	}
	for i, want := range vectors {
		if c := cosine(rows.Rows(i, i+1).F(), want); c < 0.999 {
			t.Errorf("%.40q: cosine %.6f to the published vector, expected 0.999", inputs[i].Text, c)
		}
		alone, err := m.Features(context.Background(), inputs[i:i+1], nil)
		if err != nil || !alone.Equal(rows.Rows(i, i+1)) {
			t.Errorf("%.40q: its vector depends on the others (%v)", inputs[i].Text, err)
		}
	}
	if res := m.Classify(inputs[0]); !strings.Contains(res.Error, "features") || res.Scores != nil {
		t.Errorf("an encoder classified: %+v", res)
	}
	if _, note, err := m.Encode(task.Input{Text: "我想重置我的密码"}); err != nil || note == nil {
		t.Errorf("a Chinese text gave the note %v (%v), expected that no word is known", note, err)
	}
}

func TestFilesThatAreNoModels(t *testing.T) {
	for file, want := range map[string]string{
		"": "is empty", "<!DOCTYPE html>": "web page", "version https://git-lfs.github.com/spec/v1": "Git LFS",
		"PK\x03\x04": "zip", `{"a":1}`: "JSON", "7z\xbc\xaf\x27\x1c": "archive (7z",
		strings.Repeat("\x00", 257) + "ustar\x00": "archive (7z", "\x80\x04\x95": "Python pickle",
		"\x89WAFER\r\n": "already", "hello": "begins with",
	} {
		if _, err := open(one([]byte(file)), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, expected an error with %q", file, err, want)
		}
	}
}

func TestLabels(t *testing.T) {
	list, err := ParseLabels("n1\ttabby cat\t虎斑猫\nn2\tdog\t狗\n")
	if err != nil || len(list) != 2 || list[0] != (Label{"tabby cat", "虎斑猫"}) {
		t.Errorf("got %v (%v)", list, err)
	}
	for _, bad := range []string{"a\tb", "a\n\nb", "n\ta\tb\nc"} {
		if _, err := ParseLabels(bad); err == nil {
			t.Errorf("%q was read without an error", bad)
		}
	}
}

// Every kind has a name of its own in both languages.
func TestNamesOfKindsAreDistinct(t *testing.T) {
	b, err := os.ReadFile("../../static/cards/photos.tsv")
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseLabels(string(b))
	if err != nil || len(list) != 1000 {
		t.Fatalf("%d names (%v), expected 1000", len(list), err)
	}
	seen := map[string]bool{}
	for _, l := range list {
		if seen[l.Name] || seen[l.NameZH] || l.NameZH == "" {
			t.Errorf("%q %q is there twice or empty", l.Name, l.NameZH)
		}
		seen[l.Name], seen[l.NameZH] = true, true
	}
}

// A float file without a card answers as TFLite itself; of quantised ones the float network agrees on the first kind
// wherever TFLite is clear about it.
func TestFilesAnswerAsTFLite(t *testing.T) {
	golden, all := map[string]map[string][][2]float64{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/reference-outputs/golden.json"), &all); err != nil {
		t.Fatal(err)
	}
	for key, doc := range all {
		if name, _, _ := strings.Cut(key, " "); strings.HasPrefix(name, "mobilenet_v1") {
			var cases map[string][][2]float64
			if err := json.Unmarshal(doc, &cases); err != nil {
				t.Fatal(err)
			}
			golden[name] = cases
		}
	}
	if len(golden) != 2 {
		t.Fatalf("golden.json has %d networks of MobileNet V1, expected 2", len(golden))
	}
	for name, cases := range golden {
		m, err := open(one(sharedtest.Read(t, "models/mobilenet-tflite/"+name)), Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		for picture, want := range cases {
			res := m.Classify(task.Input{File: sharedtest.Read(t, "data/sample-photos/png224/"+picture)})
			if res.Error != "" {
				t.Fatal(res.Error)
			}
			if strings.Contains(name, "quant") {
				if clear := want[0][1] > 2*want[1][1]; clear && res.Scores[0].Index != int(want[0][0]) {
					t.Errorf("%s on %s: kind %d comes first, expected %v", name, picture, res.Scores[0].Index,
						want[0][0])
				}
				continue
			}
			for i, w := range want {
				if s := res.Scores[i]; s.Index != int(w[0]) || math.Abs(float64(s.Probability)-w[1]) > 1e-4 {
					t.Errorf("%s on %s: number %d is kind %d with %.5f, expected %.0f with %.5f", name, picture, i+1,
						s.Index, s.Probability, w[0], w[1])
				}
			}
		}
	}
}

// one is a file that was given alone.
func one(data []byte) foreign.Files { return foreign.Files{{Name: "model", Data: data}} }

// open makes a model of files and opens it.
func open(files foreign.Files, o Options) (*model.Model, error) {
	file, err := Model(files, o)
	if err != nil {
		return nil, err
	}
	return model.Open(file, model.Options{})
}
