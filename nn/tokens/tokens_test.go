package tokens

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
)

type vectorCase struct {
	Name   string
	Text   string
	Pair   *string `json:"text_pair"`
	Tokens []string
	IDs    []int32
}

func TestConformanceTokenizers(t *testing.T) {
	files := sharedtest.Unzip(t, "conformance/tokenizer-vectors/tokenizer-vectors.zip")
	var all map[string]struct {
		Assets string
		Cases  []vectorCase
	}
	if err := json.Unmarshal(files["tokenizer-cases.json"], &all); err != nil {
		t.Fatal(err)
	}
	passed, total := 0, 0
	for name, kind := range all {
		tok, err := openAssets(files, kind.Assets)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, c := range kind.Cases {
			total++
			if got := c.encode(tok); !slices.Equal(got, c.IDs) {
				t.Errorf("%s %s %q: got %v, expected %v (%q)", name, c.Name, c.Text, got, c.IDs, c.Tokens)
				continue
			}
			passed++
		}
	}
	t.Logf("tokenizer vectors: %d of %d pass", passed, total)
	if total != 152 {
		t.Errorf("there are %d cases, expected 152", total)
	}
}

func (c vectorCase) encode(t *Tokenizer) []int32 {
	if c.Pair != nil {
		return t.EncodePair(c.Text, *c.Pair, 0).IDs
	}
	return t.Encode(c.Text, 0).IDs
}

func openAssets(files map[string][]byte, assets string) (*Tokenizer, error) {
	switch {
	case strings.HasPrefix(assets, "gpt2"):
		doc, err := FromMerges(files["gpt2.vocab.json"], files["gpt2.merges.txt"])
		if err != nil {
			return nil, err
		}
		return Open(doc)
	case strings.HasSuffix(assets, ".txt"):
		// do_lower_case of bge-small-zh is false
		doc, err := FromVocabulary(files[assets], !strings.Contains(assets, "chinese"))
		if err != nil {
			return nil, err
		}
		return Open(doc)
	}
	return Open(files[assets])
}
