package recipe

import (
	"strings"
	"testing"
	"unicode/utf16"
)

const small = `{"name":"café","preprocess":{"kind":"text","data":{"train":[{"form":"csv","path":"a.csv"}]},
 "text":{"tokenizer":{},"pad_sequences":{"maxlen":3}}},"define":{"zoo":"x"},"loss":{"name":"mean_squared_error"},"optimizer":{"name":"adam"}}`

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// Editors save recipes with a byte order mark and shells as UTF-16; the run is the same.
func TestRecipesOfEveryEncoding(t *testing.T) {
	want, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"byte order mark": []byte("\ufeff" + small), "UTF-16": wide(small)} {
		if r, err := Parse(b); err != nil || r.Hash() != want.Hash() {
			t.Errorf("%s: %v, expected the recipe as it is without", name, err)
		}
	}
	_, err = Parse([]byte(strings.Replace(small, "café", "caf\xe9", 1)))
	if err == nil || !strings.Contains(err.Error(), "recipe: expected UTF-8, found the byte 0xe9 in line 1") {
		t.Errorf("a byte that is no UTF-8: %v", err)
	}
}
