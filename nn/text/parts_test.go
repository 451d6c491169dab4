package text

import (
	"slices"
	"strings"
	"testing"
)

func TestPartsAreWordsAndLetters(t *testing.T) {
	for text, expected := range map[string][]string{
		"":                       nil,
		"  ":                     nil,
		" What a day!  Really. ": {" What ", "a ", "day!  ", "Really. "},
		"服务很好，but 贵。":            {"服", "务", "很", "好，", "but ", "贵。"},
		"don't":                  {"don't"},
	} {
		if found := Parts(text, 100); !slices.Equal(found, expected) {
			t.Errorf("%q: expected %q, found %q", text, expected, found)
		}
	}
}

func FuzzParts(f *testing.F) {
	f.Add("What a day! 服务很好 İΣ", 3)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(most, 1)
		parts := Parts(text, most)
		if joined := strings.Join(parts, ""); joined != text && strings.TrimSpace(text) != "" {
			t.Errorf("%q: the parts join to %q", text, joined)
		}
		if len(parts) > most {
			t.Errorf("%q: expected at most %d parts, found %d", text, most, len(parts))
		}
		g := &NGrams{Words: 2, CharMin: 2, CharMax: 4}
		g.Fit([]string{text}, 1000)
		covered := map[int32]bool{}
		g.Cover(parts, func(number int32, part, bytes int) {
			if part < 0 || part >= len(parts) || bytes < 1 {
				t.Errorf("%q: n-gram %d lies over %d bytes of part %d of %d", text, number, bytes, part, len(parts))
			}
			covered[number] = true
		})
		for _, n := range g.Numbers(text) {
			if !covered[n] && len(parts) > 0 && len(text) < 1000 {
				t.Errorf("%q: n-gram %d lies over none of the parts %q", text, n, parts)
			}
		}
	})
}

func TestNGramsLieOverTheirWords(t *testing.T) {
	g := &NGrams{Words: 2, CharMin: 3, CharMax: 3}
	g.Fit([]string{"very good"}, 100)
	parts := Parts("Very GOOD", 10)
	found := map[uint32]map[int]int{}
	g.Cover(parts, func(number int32, part, bytes int) {
		hash := g.Hashes[number-1]
		if found[hash] == nil {
			found[hash] = map[int]int{}
		}
		found[hash][part] += bytes
	})
	character := func(s string) uint32 { return fnv1a(fnv1a(fnvOffset, "\x01"), s) }
	for what, c := range map[string]struct {
		hash     uint32
		expected map[int]int
	}{
		"very":      {hashWords([]string{"very"}), map[int]int{0: 4}},
		"very good": {hashWords([]string{"very", "good"}), map[int]int{0: 5, 1: 4}}, // the space is part of the first
		"' ve'":     {character(" ve"), map[int]int{0: 2}},
		"'y g'":     {character("y g"), map[int]int{0: 1, 1: 1}},
	} {
		if len(found[c.hash]) != len(c.expected) {
			t.Errorf("%s: expected %v, found %v", what, c.expected, found[c.hash])
		}
		for part, bytes := range c.expected {
			if found[c.hash][part] != bytes {
				t.Errorf("%s: expected %v, found %v", what, c.expected, found[c.hash])
			}
		}
	}
}

func TestPiecesLieInTheirWords(t *testing.T) {
	u, err := UnigramFromJSON([]byte(`[["a",0],["b",0],["c",0],["d",0],["e",0],["f",0],
		["▁very",-1],["▁go",-1],["od",-1],["▁",-5]]`))
	if err != nil {
		t.Fatal(err)
	}
	parts := Parts("very good ", 10)
	if ids, owners := u.Sequence("very good "), u.Owners(parts); !slices.Equal(owners, []int{0, 1, 1, 1}) {
		t.Errorf("expected the pieces %v in the parts [0 1 1 1], found %v", ids, owners)
	}
}
