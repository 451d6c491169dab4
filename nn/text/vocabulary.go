package text

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"wafer/nn/fmath"
	"wafer/nn/order"
	"wafer/nn/say"
)

// NGrams turns a text into the set of its n-grams of words and of characters that it knows from the texts that it
// was fitted on, weighted by inverse document frequency: TF-IDF with 0 or 1 as term frequency and rows of length 1
// (scikit-learn's TfidfVectorizer(binary=True)). On reviews and titles that does as well as counting, or better,
// and a row is a list of numbers: a model file keeps one embedding per n-gram (see package solve).
//
// Words and their n-grams are those of NGramHasher. An n-gram of characters is taken from the lower-cased text
// between two spaces with every run of white space as one space, so it may span words, and it has punctuation; its
// hash starts with byte 1. N-grams are known by FNV-1a of 32 bits only, so a model carries no words of anybody's
// texts.
type NGrams struct {
	Words   int      `json:"words"`    // longest n-gram of words
	CharMin int      `json:"char_min"` // shortest n-gram of characters
	CharMax int      `json:"char_max"` // longest n-gram of characters; 0: none
	Hashes  []uint32 `json:"-"`        // those that are known, ascending; number i+1 of a row is Hashes[i]
	// ln((1 + texts)/(1 + texts that have it)) + 1, of each; nil once a model has them
	IDF   []float32 `json:"-"`
	Least float32   `json:"least"` // a text of which a smaller share of n-grams is known is none of these

	WordWeight float32 `json:"-"` // Fit multiplies the IDF of n-grams of words with it; 0: 1
}

// maxGrams bounds the n-grams that are taken from one text: about 10,000 characters.
const maxGrams = 1 << 16

// entry is an n-gram and how many texts have it.
type entry struct {
	hash uint32
	in   int
}

// Fit learns the n-grams of texts: those that occur in the most texts, `most` at most; of equally frequent ones
// those with the smallest hash. It returns what Numbers gives of each text.
func (g *NGrams) Fit(texts []string, most int) (numbers [][]int32) {
	var all []uint32
	each := make([][]uint32, len(texts))
	for i, t := range texts {
		each[i] = g.hashes(t)
		all = append(all, each[i]...)
	}
	list := mostFrequent(entriesOf(all), len(texts), most)
	g.Hashes, g.IDF = make([]uint32, len(list)), make([]float32, len(list))
	for i, e := range list {
		g.Hashes[i] = e.hash
		g.IDF[i] = fmath.Log(float32(1+len(texts))/float32(1+e.in)) + 1
	}
	known, shares := newFinder(g.Hashes), make([]float32, len(texts))
	g.weighWords(texts, known)
	for i, hashes := range each {
		numbers = append(numbers, []int32{})
		others := 0 // n-grams that other texts have, too
		for _, h := range hashes {
			if at := known.find(h); at >= 0 {
				numbers[i] = append(numbers[i], int32(at+1))
				others += min(list[at].in-1, 1)
			}
		}
		shares[i] = float32(others) / float32(max(len(hashes), 1))
	}
	g.Least = least(shares)
	return numbers
}

// weighWords multiplies the weights of n-grams of words.
func (g *NGrams) weighWords(texts []string, known finder) {
	if g.WordWeight == 0 || g.WordWeight == 1 {
		return
	}
	words, done := NGrams{Words: g.Words}, make([]bool, len(g.Hashes))
	for _, t := range texts {
		for _, h := range words.hashes(t) {
			if i := known.find(h); i >= 0 && !done[i] {
				g.IDF[i], done[i] = g.IDF[i]*g.WordWeight, true
			}
		}
	}
}

// entriesOf counts hashes, ascending.
func entriesOf(all []uint32) (list []entry) {
	order.Uint32s(all)
	for i, h := range all {
		if i == 0 || all[i-1] != h {
			list = append(list, entry{h, 0})
		}
		list[len(list)-1].in++
	}
	return list
}

// mostFrequent keeps the entries of the most texts, of which there are n; of as many the first, which are in order.
func mostFrequent(list []entry, n, most int) []entry {
	if len(list) <= most {
		return list
	}
	count := make([]int, n+1) // of entries of so many texts
	for _, e := range list {
		count[e.in]++
	}
	last, room := n, most // texts of the entries that not all have room
	for ; count[last] <= room; last-- {
		room -= count[last]
	}
	kept := make([]entry, 0, most)
	for _, e := range list {
		if e.in == last {
			room--
		}
		if e.in > last || e.in == last && room >= 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

// finder finds hashes among others, which are ascending, by the first bits.
type finder struct {
	hashes []uint32
	from   []int32 // where those begin with some bits
	shift  int
}

func newFinder(hashes []uint32) finder {
	first := bits.Len(uint(len(hashes) | 1))
	f := finder{hashes, make([]int32, 1<<first+1), 32 - first}
	for _, h := range hashes {
		f.from[h>>f.shift+1]++
	}
	for i := range 1 << first {
		f.from[i+1] += f.from[i]
	}
	return f
}

// find is the place of a hash, −1 for none.
func (f finder) find(h uint32) int {
	for i := f.from[h>>f.shift]; i < f.from[h>>f.shift+1]; i++ {
		if f.hashes[i] == h {
			return int(i)
		}
	}
	return -1
}

// least is the share that 95 of 100 texts have.
func least(shares []float32) float32 {
	order.Sort(shares)
	if len(shares) == 0 {
		return 0
	}
	return shares[len(shares)*5/100]
}

func knownShare(hashes, known []uint32) float32 {
	n := 0
	for _, h := range hashes {
		if _, is := slices.BinarySearch(known, h); is {
			n++
		}
	}
	return float32(n) / float32(max(len(hashes), 1))
}

// Rejects tells that a text is none of what the n-grams were fitted on: nothing of it is known, or less than Least.
func (g *NGrams) Rejects(text string) bool {
	share := knownShare(g.hashes(text), g.Hashes)
	return share == 0 || share < g.Least
}

// Check says what does not fit in a sentence, nil if all does.
func (g *NGrams) Check() error {
	if g.Words < 0 || g.Words > 5 || g.CharMax < 0 || g.CharMax > 8 || g.CharMax > 0 &&
		(g.CharMin < 1 || g.CharMin > g.CharMax) {
		return say.Errorf("n-grams: expected up to 5 words and up to 8 characters, found %d and %d to %d",
			g.Words, g.CharMin, g.CharMax)
	}
	if g.IDF != nil && len(g.IDF) != len(g.Hashes) {
		return say.Errorf("n-grams: there are %d, but %d weights", len(g.Hashes), len(g.IDF))
	}
	for i := 1; i < len(g.Hashes); i++ {
		if g.Hashes[i-1] >= g.Hashes[i] {
			return say.Errorf("n-grams: hash number %d is not above the one before", i)
		}
	}
	return nil
}

// Numbers are the known n-grams of a text, each once, ascending: 1 + position in Hashes. None: no known word.
func (g *NGrams) Numbers(text string) []int32 {
	numbers := []int32{}
	for _, h := range g.hashes(text) {
		if n := g.number(h); n > 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// number is that of an n-gram, 0 for one that is not known.
func (g *NGrams) number(hash uint32) int32 {
	if i, known := slices.BinarySearch(g.Hashes, hash); known {
		return int32(i + 1)
	}
	return 0
}

// Row fills row with the Numbers of a text, then zeros. Of more than there is room for it takes the first, which is an
// even draw, since they are in the order of their hashes. It returns how many are known.
func (g *NGrams) Row(row []int32, text string) (known int) {
	numbers := g.Numbers(text)
	clear(row[copy(row, numbers):])
	return len(numbers)
}

// Values are the weights of numbers that Numbers gave: their IDF, scaled to a sum of squares of 1.
func (g *NGrams) Values(numbers []int32) []float32 {
	values, sum := make([]float32, len(numbers)), float32(0)
	for i, n := range numbers {
		values[i] = g.IDF[n-1]
		sum += float32(values[i] * values[i])
	}
	for i := range values {
		values[i] /= sqrt(sum)
	}
	return values
}

// Cosine is that of two texts by the numbers of their n-grams, ascending: squares has the square of the weight of each
// number. It is NaN where a text has none.
func Cosine(a, b []int32, squares []float32) float32 {
	var ab float32
	i := 0
	for _, n := range a {
		for i < len(b) && b[i] < n {
			i++
		}
		if i < len(b) && b[i] == n {
			ab += squares[n]
		}
	}
	return ab / sqrt(sumOf(a, squares)) / sqrt(sumOf(b, squares))
}

func sumOf(numbers []int32, squares []float32) (sum float32) {
	for _, n := range numbers {
		sum += squares[n]
	}
	return sum
}

// hashes are the n-grams of a text, each once, ascending.
func (g *NGrams) hashes(text string) []uint32 {
	text = Lower(text)
	var all []uint32
	words := splitWords(text)
	for size := 1; size <= g.Words; size++ {
		for i := 0; i+size <= len(words) && len(all) < maxGrams; i++ {
			all = append(all, hashWords(words[i:i+size]))
		}
	}
	if g.CharMax > 0 && len(all) < maxGrams {
		g.eachCharacters(" "+strings.Join(strings.Fields(text), " ")+" ", func(hash uint32, _, _ int) bool {
			all = append(all, hash)
			return len(all) < maxGrams
		})
	}
	order.Uint32s(all)
	return slices.Compact(all)
}

// eachCharacters tells of the n-grams of characters of a text, with their bytes from start to end, as long as more are
// wanted after those of a place.
func (g *NGrams) eachCharacters(text string, gram func(hash uint32, start, end int) (more bool)) {
	more := true
	for start := 0; start < len(text) && more; start += runeLen(text[start:]) {
		sum, end := fnv1a(fnvOffset, "\x01"), start
		for size := 1; size <= g.CharMax && end < len(text); size++ {
			next := end + runeLen(text[end:])
			sum = fnv1a(sum, text[end:next])
			if end = next; size >= g.CharMin && text[start:end] != " " {
				more = gram(sum, start, end)
			}
		}
	}
}

// sqrt is the rounded root: that of float64 has more than twice the digits.
func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }
