package text

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
)

func unigram(t testing.TB) *Unigram {
	u, err := UnigramFromJSON(sharedtest.Read(t, "models/use-lite-en/vocab.json"))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUnigramGivesThePublishedNumbers(t *testing.T) {
	u := unigram(t)
	b := sharedtest.Read(t, "conformance/use-lite-en/reference.json")
	var doc struct {
		Cases []struct {
			Text string
			IDs  []int32
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil || len(doc.Cases) != 21 {
		t.Fatalf("got %d cases (%v), expected 21", len(doc.Cases), err)
	}
	for _, c := range doc.Cases {
		if got := u.Sequence(c.Text); !slices.Equal(got, c.IDs) {
			t.Errorf("%.40q: got %v, expected %v", c.Text, got, c.IDs)
		}
	}
}

func TestUnigramTakesTheBestPath(t *testing.T) {
	u, err := UnigramFromJSON([]byte(`[["?",0],["",0],["",0],["",0],["",0],["",0],["▁",-2],["a",-3],["b",-3],["ab",-5],["▁a",-4],[":",null]]`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]int32{"": nil, "a": {10}, "ab": {10, 8}, "xx": {6, 0}, "a:": {10, 11},
		"\xff": {6, 0}, "b xyb": {6, 8, 6, 0, 8}} {
		if got := u.Sequence(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, expected %v", text, got, want)
		}
	}
}

func TestVocabulariesThatCannotBe(t *testing.T) {
	for doc, want := range map[string]string{
		`{}`: "expected a list", `[]`: "has 0 pieces", `[["a",0],["b"]]`: "pair",
		`[["a",0],["a",0],["a",0],["a",0],["a",0],["a",0],["",0]]`: "has 0 bytes",
	} {
		if _, err := UnigramFromJSON([]byte(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, expected an error with %q", doc, err, want)
		}
	}
}

func FuzzUnigram(f *testing.F) {
	u, err := UnigramFromJSON([]byte(`[["?",0],["",0],["",0],["",0],["",0],["",0],["▁",-2],["a",-3],["b",-3],["ab",-5],["▁a",-4],[":",null]]`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("a b\xffab:é")
	f.Fuzz(func(t *testing.T, s string) {
		for _, id := range u.Sequence(s) {
			if id < 0 || int(id) >= u.Pieces() {
				t.Fatalf("%q gives piece %d of %d", s, id, u.Pieces())
			}
		}
	})
}
