package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/vision"
)

// prepare has a page exported from any model prepare inputs as a manifest of the test's own says.
// given is JavaScript.
func (p *tab) prepare(manifest any, given string) string {
	p.t.Helper()
	m, err := json.Marshal(manifest)
	p.must("manifest", err)
	return eval[string](p, fmt.Sprintf(`(%s)(prepare(%s, %s).row)`, toBase64, m, given))
}

type object = map[string]any

// Pictures of all shapes, with transparent pixels, become the bits of package vision.
func TestPagePreparesPicturesAsTraining(t *testing.T) {
	_, page := compiled(t, "land", "int8")
	p := openFile(t, page)
	rng := rand.New(rand.NewPCG(7, 8))
	sizes := [][2]int{{1, 1}, {3, 7}, {28, 28}, {41, 23}, {23, 200}, {301, 127}}
	n := 0
	for _, size := range sizes {
		rgba := make([]byte, 4*size[0]*size[1])
		for i := range rgba {
			rgba[i] = byte(rng.Uint32())
			if i%4 == 3 && rng.IntN(2) == 0 {
				rgba[i] = 255
			}
		}
		eval[bool](p, fmt.Sprintf(`(globalThis.given = { width: %d, height: %d, rgba: decoded(%q) }, true)`,
			size[0], size[1], base64.StdEncoding.EncodeToString(rgba)))
		for _, filter := range []vision.Filter{vision.Bilinear, vision.Nearest} {
			for _, mode := range []vision.Mode{vision.Stretch, vision.Centre, vision.Fit} {
				for _, norm := range []vision.Normalisation{vision.Unit, vision.PlusMinus, vision.ImageNet, vision.None} {
					for _, channels := range []int{1, 3} {
						in := vision.Input{Height: 20 + n%17, Width: 13 + n%23, Channels: channels, Filter: filter, Mode: mode,
							Normalisation: norm, Border: vision.Background(n / 2 % 2)}
						n++
						background := []string{"white", "black"}[in.Border]
						m, err := vision.FromRGBA(size[0], size[1], rgba, in.Border)
						if err != nil {
							t.Fatal(err)
						}
						row := tensor.New(tensor.Float32, in.Shape()...)
						in.Write(row.F(), in.Prepare(m))
						got := p.prepare(object{"input": object{"shape": in.Shape()}, "preprocess": object{"kind": "image", "image": object{
							"height": in.Height, "width": in.Width, "channels": channels, "resize": filter, "mode": mode,
							"background": background, "normalisation": norm}}}, "given")
						if got != bits(row) {
							t.Errorf("%v pixels by %+v: differs", size, in)
						}
					}
				}
			}
		}
	}
	t.Logf("%d pictures", n)
}

var oddTexts = []string{
	"Hello, World! It's 5 o'clock; don't   panic...\tnew\nline\r\n", "ΑΣ ΑΣΑ ΟΔΥΣΣΕΥΣ Σ Σ. İstanbul Iğdır", "東京タワー ひらがな 한국어 ภาษาไทย ຂອງ ខ្មែរ မြန်မာ mixed漢字text",
	"naïve café e\u0301 \u200bzero\u00a0width \ufeffbom 𝒳𝒴 😀😃 ½ ² Ⅷ ٣٤٥ _under_score", "a", "the the the of of a", "  ", "constructor __proto__ toString hasOwnProperty 1 2 10",
	strings.Repeat("long words and more of them ", 40), "\x00\x01 control \u2028 \u2029", "İΣ’Σ aΣ\u0301b",
}

// Texts become the bits of package text: words by index, and hashed n-grams.
func TestPagePreparesTextsAsTraining(t *testing.T) {
	_, page := compiled(t, "land", "int8")
	p := openFile(t, page)
	check := func(name string, manifest object, given string, row *tensor.Tensor) {
		t.Helper()
		manifest["input"] = object{"shape": row.Shape()}
		if got := p.prepare(manifest, quoted(t, given)); got != bits(row) {
			t.Errorf("%s: %q differs", name, given)
		}
	}
	for i, o := range []recipe.Tokenizer{*recipe.DefaultTokenizer(), {Lower: false, Filters: "e,!", Split: "_"}, {Lower: true, CharLevel: true},
		{Lower: true, Filters: recipe.DefaultTokenizer().Filters, NumWords: 9, OOVToken: "<oov>"}, {Filters: "😀ab", NumWords: 30}} {
		words := text.NewTokenizer(o)
		words.Fit(append(oddTexts[:8:8], "constructor"))
		var tokenizer object
		if err := json.Unmarshal(words.ToJSON(), &tokenizer); err != nil {
			t.Fatal(err)
		}
		config := tokenizer["config"].(object)
		config["word_index"] = json.RawMessage(config["word_index"].(string))
		for _, given := range oddTexts {
			for k, pad := range []text.Pad{{MaxLen: 12, Padding: "pre", Truncating: "pre"}, {MaxLen: 5, Padding: "post", Truncating: "post"}, {MaxLen: 40, Padding: "post", Truncating: "pre"}} {
				row := tensor.New(tensor.Int32, pad.MaxLen)
				pad.Row(row.I(), words.Sequence(given), 0)
				check(fmt.Sprintf("tokenizer %d, padding %d", i, k), object{"tokenizer": tokenizer, "preprocess": object{"kind": "text",
					"text": object{"pad_sequences": object{"padding": pad.Padding, "truncating": pad.Truncating}}}}, given, row)
			}
		}
	}
	for i, h := range []text.NGramHasher{{Buckets: 1000, Words: 2, CharMin: 3, CharMax: 5, MaxLen: 200}, {Buckets: 7, Words: 1, MaxLen: 30}, {Buckets: 1 << 20, Words: 3, CharMin: 1, CharMax: 2, MaxLen: 90}} {
		for _, given := range oddTexts {
			check(fmt.Sprintf("n-grams %d", i), object{"preprocess": object{"kind": "text", "text": object{"ngrams": object{
				"buckets": h.Buckets, "words": h.Words, "char_min": h.CharMin, "char_max": h.CharMax}}}}, given, tensor.Ints(h.Sequence(given), h.MaxLen))
		}
	}
}

func quoted(t *testing.T, s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every character is a letter, a digit, lower-cased … in the browser if it is in Go, as far
// as both know the same version of Unicode.
func TestPageKnowsEveryCharacter(t *testing.T) {
	_, page := compiled(t, "land", "int8")
	p := openFile(t, page)
	h := text.NGramHasher{Buckets: 1 << 24, Words: 1, MaxLen: 3}
	const block = 1 << 15
	for from := rune(0); from < 0xf0000; from += block { // beyond, everything is for private use
		if from >= 0x38000 && from < 0xe0000 {
			continue // nothing is assigned there
		}
		row := tensor.New(tensor.Int32, 3*block)
		for i := range rune(block) {
			h.Row(row.I()[3*i:3*i+3], "a"+string(from+i)+"b")
		}
		got := eval[string](p, fmt.Sprintf(`(() => {
			const all = new Int32Array(3 * %[1]d), g = { buckets: 1 << 24, words: 1 };
			for (let i = 0; i < %[1]d; i++) ngrams(all.subarray(3 * i, 3 * i + 3), g, wellFormed("a" + String.fromCodePoint(%[2]d + i) + "b"));
			return (%[3]s)(all);
		})()`, block, from, toBase64))
		if got == bits(row) {
			continue
		}
		const newIn17 = "\U00016ea0"
		if theirs := eval[bool](p, fmt.Sprintf(`/\p{L}/u.test(%q)`, newIn17)); theirs != unicode.IsLetter([]rune(newIn17)[0]) {
			t.Skip("this browser knows another version of Unicode than Go does: some characters differ")
		}
		t.Errorf("characters from %U on differ", from)
	}
}
