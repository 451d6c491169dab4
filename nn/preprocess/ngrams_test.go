package preprocess

import (
	"encoding/json"
	"slices"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
)

func gramEncoder(t *testing.T, rest *recipe.Unigram) Encoder {
	t.Helper()
	g := text.NGrams{Words: 1}
	g.Fit([]string{"a ab", "b"}, 10)
	v := NGramVocabulary{NGrams: g.ToJSON()}
	if rest != nil {
		v.Rest = json.RawMessage(pieces)
	}
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	p := recipe.Preprocess{Kind: string(task.Text), Text: &recipe.Text{Unigram: rest,
		TFIDF: &recipe.TFIDF{Words: 1, Most: 3, MaxLen: 2}}}
	e, err := New(p, doc)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := e.Vocabulary(); err != nil || string(again) != string(doc) {
		t.Errorf("the vocabulary became %s (%v), expected %s", again, err, doc)
	}
	return e
}

func TestNGramsStandBeforeTheRowOfTheBase(t *testing.T) {
	e, alone := gramEncoder(t, &recipe.Unigram{MaxLen: 20}), gramEncoder(t, nil)
	for in, known := range map[string]int{"ab": 1, "a c": 1, "b a": 2, "c": 0} {
		row, grams := tensor.New(tensor.Int32, 22), tensor.New(tensor.Int32, 2)
		if _, err := e.Fill(task.Input{Text: in}, row); err != nil {
			t.Fatal(err)
		}
		note, err := alone.Fill(task.Input{Text: in}, grams)
		found := 2 - len(slices.DeleteFunc(slices.Clone(grams.I()), func(v int32) bool { return v != 0 }))
		if err != nil || found != known || (known == 0) != (note == ErrUnknown) {
			t.Errorf("%q has the n-grams %v and the note %v (%v), expected %d", in, grams.I(), note, err, known)
		}
		if !slices.Equal(row.I()[:2], grams.I()) || row.I()[2] == 0 {
			t.Errorf("%q has the row %v, expected it to begin with %v and go on with pieces", in, row.I(), grams.I())
		}
		short := e.Trim(row.Reshape(1, 22))
		if !short.Shape().Equal(tensor.Shape{1, 18}) || !slices.Equal(short.I(), row.I()[:18]) {
			t.Errorf("%q trimmed is %v of shape %v, expected the first 18 of %v", in, short.I(), short.Shape(), row.I())
		}
	}
	if note, _ := alone.Fill(task.Input{Text: "a ab b"}, tensor.New(tensor.Int32, 2)); note == nil {
		t.Error("three n-grams in a row of two are cut without a note")
	}
}

func TestADamagedNGramVocabularyIsASentence(t *testing.T) {
	p := recipe.Preprocess{Kind: string(task.Text),
		Text: &recipe.Text{TFIDF: &recipe.TFIDF{Words: 1, Most: 3, MaxLen: 2}}}
	for _, doc := range []string{"", "{}", `{"ngrams":{"hashes":"A"}}`, `{"ngrams":[]}`} {
		if _, err := New(p, []byte(doc)); err == nil {
			t.Errorf("%q is taken for n-grams", doc)
		}
	}
}
