package text

import (
	"hash/fnv"
	"slices"
	"testing"
)

func bucket(s string, buckets uint32) int32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return int32(h.Sum32()%buckets) + 1
}

func TestNGramsAreHashedAsDocumented(t *testing.T) {
	h := NGramHasher{Buckets: 1000, Words: 2, CharMin: 3, CharMax: 4, MaxLen: 16}
	want := []int32{}
	for _, s := range []string{"don't", "go", "don't go",
		"\x01<do", "\x01<don", "\x01don", "\x01don'", "\x01on'", "\x01on't", "\x01n't", "\x01n't>", "\x01't>",
		"\x01<go", "\x01go>"} { // "<go>" is the word itself
		want = append(want, bucket(s, 1000))
	}
	want = append(want, 0, 0)
	if got := h.Sequence("Don't (GO)!"); !slices.Equal(got, want) {
		t.Errorf("n-grams %v, expected %v", got, want)
	}
}

func TestNGramsAreCutAndCounted(t *testing.T) {
	h := NGramHasher{Buckets: 10, Words: 3, MaxLen: 4}
	row := []int32{9, 9, 9, 9}
	if n := h.Row(row, "a b c"); n != 6 {
		t.Errorf("Row returns %d, expected 6: three words, two pairs, one triple", n)
	}
	if want := []int32{bucket("a", 10), bucket("b", 10), bucket("c", 10), bucket("a b", 10)}; !slices.Equal(row, want) {
		t.Errorf("row %v, expected %v", row, want)
	}
	if n := h.Row(row, " ,"); n != 0 || slices.Max(row) != 0 {
		t.Errorf("no words give %d n-grams and %v, expected none and zeros", n, row)
	}
}

func TestWordsOfTexts(t *testing.T) {
	for in, want := range map[string][]string{
		"what's up, doc?": {"what's", "up", "doc"},
		"naïve 24/7 x²":   {"naïve", "24", "7", "x"},
		"我要订票 tomorrow":   {"我", "要", "订", "票", "tomorrow"},
		"カメラabcを":         {"カ", "メ", "ラ", "abc", "を"},
		"한국어 텍스트":         {"한국어", "텍스트"},
		"e\u0301te\u0301": {"e\u0301te\u0301"},
		"":                {},
		"bad\xffbyte":     {"bad", "byte"},
	} {
		if got := splitWords(in); !slices.Equal(got, want) {
			t.Errorf("words of %q: %q, expected %q", in, got, want)
		}
	}
}

func FuzzNGrams(f *testing.F) {
	f.Add("hello world", 7, 2, 3, 5)
	f.Add("\xf0\x28 ΑΣ 中文", 1, 1, 0, 0)
	f.Fuzz(func(t *testing.T, text string, buckets, words, lo, hi int) {
		if buckets < 1 || buckets > 1<<30 || words > 5 || hi > 8 || lo > hi {
			return
		}
		h := NGramHasher{Buckets: buckets, Words: words, CharMin: lo, CharMax: hi, MaxLen: 32}
		for i, v := range h.Sequence(text) {
			if v < 0 || int(v) > buckets {
				t.Fatalf("index %d at %d, expected 0…%d", v, i, buckets)
			}
		}
	})
}
