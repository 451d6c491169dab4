package tokens

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const small = `{"added_tokens":[{"id":0,"content":"[PAD]","special":true,"normalized":false}],
"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
"pair":[],"special_tokens":{"[CLS]":{"ids":[2]}}},
"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"a":3,"##b":4,"c":5}}}`

func TestRowsAreCutAtTheEndOfTheText(t *testing.T) {
	tok, err := Open([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	e := tok.Encode("ABB c, ab", 4)
	if want := []int32{2, 3, 4, 4}; !slices.Equal(e.IDs, want) || e.Cut != 4 {
		t.Errorf("got %v and %d cut, expected %v and 4", e.IDs, e.Cut, want)
	}
}

func TestBehaviours(t *testing.T) {
	for behaviour, want := range map[string]string{
		"Removed": "the final countdown", "Isolated": "the - final - - countdown",
		"MergedWithPrevious": "the- final- - countdown", "MergedWithNext": "the -final - -countdown",
		"Contiguous": "the - final -- countdown",
	} {
		dash := "-"
		s := step{Type: "Split", Pattern: pattern{String: &dash}, Behavior: behaviour}
		f, err := preTokeniser(&s, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f([]string{"the-final--countdown"}, true), " "); got != want {
			t.Errorf("%s: got %q, expected %q", behaviour, got, want)
		}
	}
}

// deep is a sequence in a sequence in a sequence.
func deep(n int) string {
	return strings.Repeat(`{"type":"Sequence","normalizers":[`, n) + `{"type":"NFC"}` + strings.Repeat(`]}`, n)
}

func TestHostileTokenizersAreASentence(t *testing.T) {
	model := `"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}`
	var many strings.Builder
	for i := range 2*maxTokens + 2 {
		fmt.Fprintf(&many, `,"%x":1`, i)
	}
	for name, c := range map[string]struct{ doc, want string }{
		"no JSON": {"<!doctype html>", "expected the JSON"},
		"empty":   {"{}", "expected the JSON"},
		"costly expression": {`{"normalizer":{"type":"Replace","pattern":{"Regex":"(a+)+$"},"content":""},` + model,
			"regular expression"},
		"merge of nothing": {`{` + model, "vocabulary lacks"},
		"deep":             {`{"normalizer":` + deep(100) + `,` + model, "8 levels"},
		"very deep":        {`{"normalizer":` + deep(100000) + `,` + model, "expected the JSON"},
		"many words":       {`{"model":{"type":"WordLevel","vocab":{` + many.String()[1:] + `}}}`, "entries"},
		"far number":       {`{"model":{"type":"WordLevel","vocab":{"a":2147483648}}}`, "expected the JSON"},
		"large number":     {`{"model":{"type":"WordLevel","vocab":{"a":2147483647}}}`, "number below"},
		"negative":         {`{"model":{"type":"WordLevel","vocab":{"a":-1}}}`, "number below"},
		"long token": {`{"model":{"type":"WordLevel","vocab":{"` + strings.Repeat("a", 1<<20) + `":1}}}`,
			"bytes and number"},
		"unknown model": {`{"model":{"type":"Magic","vocab":{"a":0}}}`, "Magic"},
		"unknown step":  {`{"normalizer":{"type":"Magic"},` + strings.Replace(model, `"a b"`, ``, 1), "Magic"},
		"unk beyond":    {`{"model":{"type":"Unigram","unk_id":7,"vocab":[["a",0]]}}`, "unk_id"},
		"table of bytes": {`{"normalizer":{"type":"Precompiled","precompiled_charsmap":"/////w=="},` +
			strings.Replace(model, `"a b"`, ``, 1), "claims"},
		"template": {strings.Replace(small, `"ids":[2]`, `"ids":[99]`, 1), "template adds"},
	} {
		start := time.Now()
		_, err := Open([]byte(c.doc))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}

// A text may not grow without bounds, however often it is replaced by more.
func TestTextsStayBounded(t *testing.T) {
	grow := `{"type":"Replace","pattern":{"String":"a"},"content":"` + strings.Repeat("a", 200) + `"}`
	tok, err := Open([]byte(`{"normalizer":{"type":"Sequence","normalizers":[` + strings.Repeat(grow+",", 3) + grow +
		`]},"model":{"type":"WordLevel","vocab":{"b":1}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tok.normalise(strings.Repeat("a", 1000))); n > maxText+1000 {
		t.Errorf("a text grew to %d bytes, expected %d at most", n, maxText+1000)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(small), "Ab, c")
	f.Add([]byte(`{"model":{"type":"BPE","byte_fallback":false,"vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}}`),
		"abab")
	f.Add([]byte(`{"pre_tokenizer":{"type":"Metaspace"},"model":{"type":"Unigram","unk_id":0,"vocab":[["x",0],["▁a",-1]]}}`), "a b")
	f.Add([]byte(`{"normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAABAABhAA=="},"model":{"vocab":{"a":0}}}`), "a")
	f.Fuzz(func(t *testing.T, doc []byte, text string) {
		tok, err := Open(doc)
		if err != nil {
			return
		}
		for _, id := range tok.Encode(text, 16).IDs {
			if id < 0 || int(id) >= tok.Size() {
				t.Fatalf("number %d of %q, expected one below %d", id, text, tok.Size())
			}
		}
	})
}
