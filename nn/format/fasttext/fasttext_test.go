package fasttext_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"wafer/nn/convert"
	"wafer/nn/format/fasttext"
	"wafer/nn/format/foreign"
	"wafer/nn/format/wordvectors"
	"wafer/nn/model"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// opened is the model that a file becomes.
func opened(t *testing.T, file []byte) *model.Model {
	t.Helper()
	doc, err := convert.Model(foreign.Files{{Name: "model", Data: file}}, convert.Options{Name: "words"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(doc, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// published is what the file scores with fastText's own program.
const published, tolerance = 0.9763, 0.005

func TestConformanceFastTextLanguages(t *testing.T) {
	m := opened(t, sharedtest.Read(t, "models/fasttext-lid/lid.176.ftz"))
	lines := strings.Split(strings.TrimSpace(string(sharedtest.Read(t, "data/language-id-20/test.tsv"))), "\n")[1:]
	if testing.Short() {
		lines = lines[:1000]
	}
	inputs, right := make([]task.Input, len(lines)), 0
	for i, line := range lines {
		_, inputs[i].Text, _ = strings.Cut(line, "\t")
	}
	for i, r := range m.ClassifyAll(inputs) {
		if label, _, _ := strings.Cut(lines[i], "\t"); r.Error == "" && r.Scores[0].Label == label {
			right++
		}
	}
	got := float64(right) / float64(len(lines))
	t.Logf("fastText lid.176.ftz: %.4f of %d texts, published %.4f", got, len(lines), published)
	if math.Abs(got-published) > tolerance && !testing.Short() {
		t.Errorf("accuracy is %.4f, expected %.4f ± %.3f", got, published, tolerance)
	}
}

// small are the files of the shared archive, by name.
func small(t *testing.T) map[string][]byte {
	t.Helper()
	return sharedtest.Unzip(t, "conformance/fasttext-word2vec-small/fasttext-word2vec-small.zip")
}

// The vectors that fastText wrote as text are those that its binary file gives, to the digits that the text has.
func TestConformanceFastTextVectors(t *testing.T) {
	files := small(t)
	for _, name := range []string{"cbow", "skipgram"} {
		n, err := fasttext.Load(files["fasttext/"+name+".model.bin"])
		if err != nil {
			t.Fatal(err)
		}
		v, err := wordvectors.Read(files["fasttext/"+name+".model.vec"])
		if err != nil {
			t.Fatal(err)
		}
		got := n.State["words/embeddings"].F()[v.Dim:]
		if len(got) != len(v.Values) {
			t.Fatalf("%s: has %d numbers, expected %d", name, len(got), len(v.Values))
		}
		for i, want := range v.Values {
			if math.Abs(float64(got[i]-want)) > 1e-6 {
				t.Fatalf("%s: number %d of %q is %v, the text has %v", name, i%v.Dim, v.Words[i/v.Dim], got[i], want)
			}
		}
	}
	t.Log("fastText vectors: cbow and skipgram, binary and text, read alike")
}

func TestConformanceFastTextClassifier(t *testing.T) {
	m := opened(t, small(t)["fasttext/supervised.model.bin"])
	if got := fmt.Sprint(m.Info().Labels); got != "[soccer football]" && got != "[football soccer]" {
		t.Errorf("the labels are %s, expected soccer and football", got)
	}
	r := m.ClassifyAll([]task.Input{{Text: "Football is the most popular game in the US ."}})[0]
	if r.Error != "" || len(r.Scores) != 2 {
		t.Errorf("the answer is %+v, expected shares of two labels", r)
	}
	t.Logf("fastText classifier: %v", r.Scores)
}

func TestConformanceWord2vec(t *testing.T) {
	files := small(t)
	binary, err := wordvectors.Read(files["word2vec/googleload/sample_vec.bin"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := wordvectors.Read(files["word2vec/googleload/sample_vec.txt"])
	if err != nil {
		t.Fatal(err)
	}
	if len(binary.Words) != 163 || len(text.Words) != 163 {
		t.Fatalf("there are %d and %d words, expected 163", len(binary.Words), len(text.Words))
	}
	// The two come from two trainings of several threads: they agree in the words and nearly in the numbers.
	for i, v := range binary.Values {
		if binary.Words[i/200] != text.Words[i/200] || math.Abs(float64(v-text.Values[i])) > 2e-4 {
			t.Fatalf("number %d of %q is %v in bytes, %v of %q in text", i%200, binary.Words[i/200], v, text.Values[i],
				text.Words[i/200])
		}
	}
	t.Log("word2vec: 163 of 163 words, binary and text, read alike")
}

func TestWordVectorsBecomeAnEncoder(t *testing.T) {
	m := opened(t, sharedtest.Read(t, "models/word-vectors-1000/wordvecs1000.json.gz"))
	if !m.Info().Encoder() || m.Info().Kind != task.Text {
		t.Errorf("it is %+v, expected an encoder of texts", m.Info())
	}
}
