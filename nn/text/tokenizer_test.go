package text

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
)

// golden is testdata/keras.json, made by keras.py.
type golden struct {
	Corpus, New []string
	Cases       []struct {
		Name      string
		Arguments struct {
			NumWords  *int    `json:"num_words"`
			Filters   *string `json:"filters"`
			Lower     *bool   `json:"lower"`
			Split     *string `json:"split"`
			CharLevel *bool   `json:"char_level"`
			OOVToken  *string `json:"oov_token"`
		}
		JSON      string
		Sequences [][]int32
	}
	Pad []struct {
		MaxLen              int
		Padding, Truncating string
		Value               int32
		Rows                [][]int32
	}
}

func readGolden(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestTokenizerEqualsKeras(t *testing.T) {
	var g golden
	readGolden(t, "keras.json", &g)
	for _, c := range g.Cases {
		t.Run(c.Name, func(t *testing.T) {
			o, a := *recipe.DefaultTokenizer(), c.Arguments
			set(&o.NumWords, a.NumWords)
			set(&o.Filters, a.Filters)
			set(&o.Lower, a.Lower)
			set(&o.Split, a.Split)
			set(&o.CharLevel, a.CharLevel)
			set(&o.OOVToken, a.OOVToken)
			k := NewTokenizer(o)
			k.Fit(g.Corpus[:5])
			k.Fit(g.Corpus[5:])
			sameJSON(t, string(k.ToJSON()), c.JSON)
			sameSequences(t, k, append(slices.Clone(g.Corpus), g.New...), c.Sequences)

			again, err := FromJSON([]byte(c.JSON))
			if err != nil {
				t.Fatalf("FromJSON of Keras' JSON: %v", err)
			}
			sameJSON(t, string(again.ToJSON()), c.JSON)
			sameSequences(t, again, append(slices.Clone(g.Corpus), g.New...), c.Sequences)
			again.Fit(g.New)
			k.Fit(g.New)
			sameJSON(t, string(again.ToJSON()), string(k.ToJSON()))
		})
	}
}

func sameSequences(t *testing.T, k *Tokenizer, texts []string, want [][]int32) {
	t.Helper()
	for i, got := range k.Sequences(texts) {
		if !slices.Equal(got, want[i]) {
			t.Errorf("%q becomes %v, Keras has %v", texts[i], got, want[i])
		}
	}
}

// sameJSON wants equal bytes, except that word_docs and index_docs may be in another order.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	gotText, gotDocs := withoutDocs(t, got)
	wantText, wantDocs := withoutDocs(t, want)
	if gotText != wantText {
		i := 0
		for i < min(len(gotText), len(wantText)) && gotText[i] == wantText[i] {
			i++
		}
		t.Errorf("JSON differs from Keras' at byte %d: …%.80s, expected …%.80s", i, gotText[i:], wantText[i:])
	}
	if !reflect.DeepEqual(gotDocs, wantDocs) {
		t.Errorf("word_docs and index_docs\n%v\nexpected Keras'\n%v", gotDocs, wantDocs)
	}
}

func withoutDocs(t *testing.T, s string) (string, [2]map[string]int) {
	t.Helper()
	var f struct {
		Config struct {
			WordDocs  string `json:"word_docs"`
			IndexDocs string `json:"index_docs"`
		}
	}
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, s)
	}
	var docs [2]map[string]int
	for i, inner := range []string{f.Config.WordDocs, f.Config.IndexDocs} {
		if err := json.Unmarshal([]byte(inner), &docs[i]); err != nil {
			t.Fatalf("not JSON: %v\n%s", err, inner)
		}
		quoted := quote(inner)
		if !strings.Contains(s, quoted) {
			t.Fatalf("%s is not written as Python writes it", quoted)
		}
		s = strings.Replace(s, quoted, "…", 1)
	}
	return s, docs
}

func TestPadSequencesEqualsKeras(t *testing.T) {
	var g golden
	readGolden(t, "keras.json", &g)
	rows := [][]int32{{1, 2, 3, 4, 5}, {}, {6}, {7, 8, 9}}
	for _, c := range g.Pad {
		for i, want := range c.Rows {
			got := make([]int32, len(want))
			Pad{MaxLen: c.MaxLen, Padding: c.Padding, Truncating: c.Truncating}.Row(got, rows[i], c.Value)
			if !slices.Equal(got, want) {
				t.Errorf("%+v gives %v for %v, expected %v", c, got, rows[i], want)
			}
		}
	}
}

func TestPadRefusesAnotherSide(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("padding middle did not panic")
		}
	}()
	Pad{MaxLen: 2, Padding: "middle"}.Row(make([]int32, 2), []int32{1}, 0)
}

func TestTokenizerOrdersByCountThenFirstAppearance(t *testing.T) {
	k := NewTokenizer(*recipe.DefaultTokenizer())
	k.Fit([]string{"The cat sat; the dog sat!", "A dog, the end."})
	want := []string{"the", "sat", "dog", "cat", "a", "end"}
	if !slices.Equal(k.index.keys, want) {
		t.Errorf("words by frequency: %q, expected %q", k.index.keys, want)
	}
	if k.Words() != 6 || k.Index("dog") != 3 || k.Index("Dog") != 0 {
		t.Errorf("Words %d, Index(dog) %d, Index(Dog) %d; expected 6, 3, 0", k.Words(), k.Index("dog"), k.Index("Dog"))
	}
}

// The tokenizer beside the spam model of the shared material, made by Keras.
func TestReadsTheSpamTokenizer(t *testing.T) {
	b := sharedtest.Read(t, "models/spam-embedding-keras-h5/tokenizer.json")
	k, err := FromJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	if k.NumWords != 5000 || k.OOVToken != "<OOV>" || k.Index("free") != 9 || k.Index("<OOV>") != 1 {
		t.Errorf("num_words %d, oov %q, free %d; expected 5000, <OOV>, 9", k.NumWords, k.OOVToken, k.Index("free"))
	}
	if got, want := k.Sequence("FREE text: qwxyz call"), []int32{9, 24, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("sequence %v, expected %v", got, want)
	}
	if most := slices.Max(k.Sequence(strings.Join(k.index.keys, " "))); most != 4999 {
		t.Errorf("the largest index is %d, expected 4999", most)
	}
}

func TestFromJSONSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		``:                           "unexpected end of JSON",
		`[]`:                         "expected the JSON of a Keras Tokenizer",
		`{"class_name": "Dense"}`:    "key word_index",
		`{"config": {"config": {}}}`: "key word_index",
		`{"word_index": {"a": 0}}`:   `index of "a" must be from 1`,
		`{"word_index": {"a": 1.5}}`: "whole numbers",
		`{"word_index": "{\"a\": "}`: "expected the JSON",
		`{"word_index": {"a": 1}, "num_words": -3}`:    "num_words must be positive",
		`{"word_index": {"a": 1}, "oov_token": "oov"}`: `oov_token is "oov"`,
	} {
		if _, err := FromJSON([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("FromJSON(%s): %v, expected an error with %q", in, err, want)
		}
	}
}

func FuzzTokenizerJSON(f *testing.F) {
	f.Add([]byte(`{"class_name": "Tokenizer", "config": {"num_words": 3, "oov_token": "x", "word_index": "{\"x\": 1, \"a\": 2}"}}`), "a b x")
	f.Add([]byte(`{"word_index": {"a": 1, "a": 2}, "word_counts": null, "split": "", "char_level": true}`),
		"\xff\u0130Σ")
	f.Add([]byte(`{"word_index": {}, "word_docs": {"b": 3}}`), "")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		k, err := FromJSON(file)
		if err != nil {
			return
		}
		first := k.Sequence(text)
		again, err := FromJSON(k.ToJSON())
		if err != nil {
			t.Fatalf("what ToJSON wrote is not read: %v\n%s", err, k.ToJSON())
		}
		if second := again.Sequence(text); !slices.Equal(first, second) {
			t.Errorf("%q is %v before and %v after writing and reading", text, first, second)
		}
		k.Fit([]string{text})
	})
}
