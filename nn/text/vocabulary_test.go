package text

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
)

func TestNGramsAreThoseOfTheText(t *testing.T) {
	g := NGrams{Words: 2, CharMin: 1, CharMax: 3}
	g.Fit([]string{"ab  a", "AB!"}, 1000)
	want := map[uint32]bool{}
	for _, w := range [][]string{{"ab"}, {"a"}, {"ab", "a"}} {
		want[hashWords(w)] = true
	}
	for _, c := range strings.Split("a|b| a|ab|b |a |!|b!|! | ab|ab |b a| a |ab!|b! ", "|") {
		want[fnv1a(fnv1a(fnvOffset, "\x01"), c)] = true
	}
	if len(g.Hashes) != len(want) {
		t.Errorf("%d n-grams, expected %d", len(g.Hashes), len(want))
	}
	for _, h := range g.Hashes {
		if !want[h] {
			t.Errorf("hash %08x is of no expected n-gram", h)
		}
	}
	if err := g.Check(); err != nil {
		t.Error(err)
	}
}

func TestNGramsAreWeightedAsInScikitLearn(t *testing.T) {
	g := NGrams{Words: 1}
	g.Fit([]string{"good hotel", "bad hotel", "hotel"}, 1000)
	row := g.Numbers("the good, good hotel")
	if len(row) != 2 || !slices.IsSorted(row) {
		t.Fatalf("numbers %v, expected two, ascending", row)
	}
	good, hotel := math.Log(4.0/2)+1, 1.0
	length := math.Hypot(good, hotel)
	got := g.Values(row)
	slices.Sort(got)
	for i, want := range []float64{hotel / length, good / length} {
		if math.Abs(float64(got[i])-want) > 1e-6 {
			t.Errorf("value %d is %v, expected %v", i, got[i], want)
		}
	}
	if n := g.Numbers("nothing known"); len(n) != 0 {
		t.Errorf("unknown words gave %v, expected none", n)
	}
}

func TestNGramsRejectWhatTheyDoNotKnow(t *testing.T) {
	g := NGrams{Words: 2, CharMin: 1, CharMax: 3}
	g.Fit([]string{"房间很干净，服务很好", "房间很脏，服务不好",
		"服务很好，下次再来", "床不好，房间太小"}, 1000)
	for text, want := range map[string]bool{"房间很小，服务不好": false,
		"Where is my card?": true, "": true, "！": true, "股市今天大涨": true} {
		if got := g.Rejects(text); got != want {
			t.Errorf("%q is rejected: %v, expected %v", text, got, want)
		}
	}
}

func TestNGramsKeepTheMostFrequent(t *testing.T) {
	g := NGrams{Words: 1}
	g.Fit([]string{"a b c", "a b", "a d"}, 2)
	if len(g.Numbers("a b")) != 2 || len(g.Numbers("c d")) != 0 {
		t.Errorf("of a (3 texts), b (2), c and d (1) the kept are %v and %v, expected a and b",
			g.Numbers("a b"), g.Numbers("c d"))
	}
	if err := (&NGrams{Words: 1, Hashes: []uint32{2, 1}, IDF: []float32{1, 1}}).Check(); err == nil {
		t.Error("hashes out of order are taken, expected an error")
	}
}

func TestNGramsOfAFileAreThoseThatWereLearnt(t *testing.T) {
	g := NGrams{Words: 2, CharMin: 1, CharMax: 3}
	g.Fit([]string{"good hotel", "bad hotel, bad bed", "房间很好"}, 1000)
	o := recipe.TFIDF{Words: 2, CharMin: 1, CharMax: 3, Most: len(g.Hashes)}
	read, err := NGramsFromJSON(o, g.ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := read.Numbers("a bad hotel 房间"), g.Numbers("a bad hotel 房间"); !slices.Equal(got, want) ||
		read.Least != g.Least {
		t.Errorf("a text has the numbers %v and the least share is %v, expected %v and %v", got, read.Least, want,
			g.Least)
	}
	row := make([]int32, 3)
	if n := read.Row(row, "bad hotel"); n <= 3 || row[0] == 0 || !slices.Equal(row, g.Numbers("bad hotel")[:3]) {
		t.Errorf("a row of three is %v of %d n-grams, expected the first three of more", row, n)
	}
	if read.Row(row, "☃"); !slices.Equal(row, []int32{0, 0, 0}) {
		t.Errorf("a text without a known n-gram has the row %v, expected zeros", row)
	}
	for doc, want := range map[string]string{`{"hashes":"AAAAAAAAAAA="}`: "above", `{"hashes":"AAA"}`: "Base64",
		`[]`: "expected hashes"} {
		if _, err := NGramsFromJSON(o, []byte(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected an error with %q", doc, err, want)
		}
	}
	o.Most = 1
	if _, err := NGramsFromJSON(o, g.ToJSON()); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("more than are said to be there: %v, expected an error", err)
	}
}

func FuzzNGramsFromJSON(f *testing.F) {
	f.Add([]byte(`{"hashes":"AQAAAAIAAAA=","least":0.5}`), "a b")
	f.Fuzz(func(t *testing.T, doc []byte, text string) {
		g, err := NGramsFromJSON(recipe.TFIDF{Words: 2, CharMin: 1, CharMax: 2, Most: 100}, doc)
		if err != nil {
			return
		}
		for _, n := range g.Numbers(text) {
			if n < 1 || int(n) > len(g.Hashes) {
				t.Fatalf("number %d of %d n-grams", n, len(g.Hashes))
			}
		}
	})
}

// What Fit keeps and says of many texts is what counting and sorting gives, and what Numbers finds.
func TestNGramsOfManyTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var list []string
	for range 60 {
		text := ""
		for range 1 + r.IntN(8) {
			text += fmt.Sprintf("w%d ", r.IntN(1+r.IntN(40)))
		}
		list = append(list, text)
	}
	for _, most := range []int{1, 7, 100, 300, 5000} {
		g := NGrams{Words: 2, CharMin: 1, CharMax: 3}
		count := map[uint32]int{}
		for _, text := range list {
			for _, h := range g.hashes(text) {
				count[h]++
			}
		}
		want := slices.Collect(maps.Keys(count))
		slices.Sort(want)
		slices.SortStableFunc(want, func(a, b uint32) int { return count[b] - count[a] })
		want = want[:min(most, len(want))]
		slices.Sort(want)
		numbers := g.Fit(list, most)
		if !slices.Equal(g.Hashes, want) {
			t.Errorf("of %d n-grams, %d at most: expected %v, got %v", len(count), most, want, g.Hashes)
		}
		for i, text := range list {
			if got := g.Numbers(text); !slices.Equal(numbers[i], got) {
				t.Errorf("%d n-grams at most: Fit says %v of %q, Numbers %v", most, numbers[i], text, got)
			}
		}
	}
}

// N-grams of words weigh what they did times the factor, those of characters what they did.
func TestWordWeight(t *testing.T) {
	texts := []string{"red apple", "red pear", "a green pear"}
	plain, weighed := NGrams{Words: 2, CharMin: 1, CharMax: 3}, NGrams{Words: 2, CharMin: 1, CharMax: 3, WordWeight: 2}
	plain.Fit(texts, 1000)
	weighed.Fit(texts, 1000)
	words := NGrams{Words: 2}
	words.Fit(texts, 1000)
	doubled := 0
	for i, h := range weighed.Hashes {
		want := plain.IDF[i]
		if _, is := slices.BinarySearch(words.Hashes, h); is {
			want, doubled = 2*want, doubled+1
		}
		if weighed.IDF[i] != want {
			t.Errorf("n-gram %d weighs %g, expected %g", i, weighed.IDF[i], want)
		}
	}
	if doubled != 9 || len(weighed.Hashes) <= doubled {
		t.Errorf("%d of %d n-grams weigh twice as much, expected the 5 words and 4 pairs", doubled, len(weighed.Hashes))
	}
}
