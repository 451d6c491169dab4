package text

import (
	"testing"
	"unicode"
)

// TestLowerEqualsPython compares every character that Python's Unicode (14.0) has, alone
// and where it decides on a final sigma. Two characters changed their category after 14.0.
func TestLowerEqualsPython(t *testing.T) {
	var g struct {
		Changed                 map[string]string
		After, Before, Assigned []rune
	}
	readGolden(t, "lower.json", &g)
	after, before := runes(g.After), runes(g.Before)
	changed := map[rune]bool{0x295: true, 0x1171e: true}
	checked, wrong := 0, 0
	for r := range runes(g.Assigned) {
		if changed[r] {
			continue
		}
		c := string(r)
		want := c
		if l, ok := g.Changed[c]; ok {
			want = l
		}
		if got := Lower(c); got != want {
			t.Errorf("Lower(%+q) = %+q, Python has %+q", c, got, want)
			wrong++
		}
		if got := []rune(Lower("AΣ" + c + "A"))[1] == 'σ'; got != after[r] {
			t.Errorf("%U %s: a sigma before it stays σ: %v, Python has %v", r, category(r), got, after[r])
			wrong++
		}
		tail := []rune(Lower(c + "Σ"))
		if got := tail[len(tail)-1] == 'ς'; got != before[r] {
			t.Errorf("%U %s: a sigma behind it is final: %v, Python has %v", r, category(r), got, before[r])
			wrong++
		}
		if checked++; wrong > 20 {
			t.Fatal("stopped after 20 differences")
		}
	}
	if checked < 140_000 {
		t.Errorf("checked %d characters, expected over 140000", checked)
	}
}

func runes(ranges []rune) map[rune]bool {
	set := map[rune]bool{}
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			set[r] = true
		}
	}
	return set
}

func category(r rune) string {
	for name, table := range unicode.Categories {
		if len(name) == 2 && unicode.Is(table, r) {
			return name
		}
	}
	return "unassigned"
}

func TestLowerOfWords(t *testing.T) {
	for in, want := range map[string]string{
		"ΣΊΣΥΦΟΣ":     "σίσυφος",
		"ΑΣ.":         "ας.",
		"ΑΣ'Α":        "ασ'α", // the apostrophe is skipped
		"Σ":           "σ",
		"İSTANBUL":    "i̇stanbul",
		"ẞ":           "ß",
		"\xffA\xfeΣ":  "\ufffda\ufffdσ",
		"":            "",
		"plain ascii": "plain ascii",
	} {
		if got := Lower(in); got != want {
			t.Errorf("Lower(%q) = %q, expected %q", in, got, want)
		}
	}
}
