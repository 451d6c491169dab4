package text

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"wafer/nn/json"
	"wafer/nn/say"
)

// FastText finds the numbers that fastText gives to a text (Joulin et al. 2016, arXiv 1607.01759; Bojanowski et al.
// 2016, arXiv 1607.04606): words of its dictionary, hashed n-grams of their characters, hashed n-grams of words.
// White space parts words; "</s>" ends a text.
type FastText struct {
	Words   []string `json:"words"`
	Least   int      `json:"minn"`    // characters of the shortest n-gram
	Most    int      `json:"maxn"`    // of the longest; 0: none of characters
	NGrams  int      `json:"ngrams"`  // words of the longest n-gram of words
	Buckets int      `json:"buckets"` // of hashed n-grams; their numbers come after those of the words
	Label   string   `json:"label"`   // what labels begin with: such words are left out
	Kept    string   `json:"kept,omitempty"`
	Pruned  bool     `json:"pruned,omitempty"` // only buckets of Kept have a number: int32, little endian, in Base64

	index map[string]int32
	kept  map[int32]int32 // bucket → number behind those of the words
}

// endOfText is the word that ends every text.
const endOfText = "</s>"

// FastTextFromJSON reads what a model file has.
func FastTextFromJSON(doc []byte) (*FastText, error) {
	f := &FastText{}
	if err := json.Unmarshal(doc, f); err != nil {
		return nil, say.Errorf("fastText: expected its dictionary: %w", err)
	}
	return f, f.Open()
}

// Open checks the fields and makes the tables.
func (f *FastText) Open() error {
	if f.Least < 0 || f.Most < 0 || f.Most > 64 || f.NGrams < 0 || f.NGrams > 16 || f.Buckets < 0 ||
		f.Buckets > 1<<30 || f.Buckets == 0 && (f.Most > 0 || f.NGrams > 1) {
		return say.Errorf("fastText: has n-grams of %d to %d characters and %d words in %d buckets, which cannot be",
			f.Least, f.Most, f.NGrams, f.Buckets)
	}
	f.index = make(map[string]int32, len(f.Words))
	for i, w := range f.Words {
		f.index[w] = int32(i)
	}
	b, err := base64.StdEncoding.DecodeString(f.Kept)
	if err != nil || len(b)%4 != 0 {
		return say.Errorf("fastText: expected buckets of 4 bytes in Base64, found %d characters that are not",
			len(f.Kept))
	}
	f.kept = make(map[int32]int32, len(b)/4)
	for i := range len(b) / 4 {
		f.kept[int32(binary.LittleEndian.Uint32(b[4*i:]))] = int32(i)
	}
	return nil
}

// Size is the number of rows of its table.
func (f *FastText) Size() int {
	if f.Pruned {
		return len(f.Words) + len(f.kept)
	}
	return len(f.Words) + f.Buckets
}

// Numbers are those of a text. known tells that there are others than that of the end.
func (f *FastText) Numbers(text string) (numbers []int32, known bool) {
	var hashes []int32
	for _, w := range strings.FieldsFunc(text, isFastSpace) {
		if w != endOfText && !(f.Label != "" && strings.HasPrefix(w, f.Label)) {
			hashes = append(hashes, int32(fastHash(w)))
			numbers = f.word(numbers, w)
		}
	}
	known = len(numbers) > 0
	numbers = f.word(numbers, endOfText)
	hashes = append(hashes, int32(fastHash(endOfText)))
	for i := range hashes {
		h := uint64(hashes[i])
		for j := i + 1; j < len(hashes) && j < i+f.NGrams; j++ {
			h = h*116049371 + uint64(hashes[j])
			numbers = f.push(numbers, int32(h%uint64(f.Buckets)))
		}
	}
	return numbers, known
}

// Word is the number of a word of the dictionary and those of its n-grams.
func (f *FastText) Word(w string) []int32 { return f.word(nil, w) }

// isFastSpace is what fastText parts words at.
func isFastSpace(r rune) bool {
	return r == ' ' || r >= '\t' && r <= '\r' || r == 0
}

// word is the number of a word and those of its n-grams.
func (f *FastText) word(numbers []int32, w string) []int32 {
	if id, ok := f.index[w]; ok {
		numbers = append(numbers, id)
	}
	if w == endOfText || f.Most == 0 {
		return numbers
	}
	return f.characters(numbers, "<"+w+">")
}

func (f *FastText) characters(numbers []int32, w string) []int32 {
	for start := range w {
		end := start
		for n := 1; n <= f.Most && end < len(w); n++ {
			for end++; end < len(w) && w[end]&0xc0 == 0x80; end++ {
			}
			if n >= f.Least && !(n == 1 && (start == 0 || end == len(w))) {
				numbers = f.push(numbers, int32(fastHash(w[start:end])%uint32(f.Buckets)))
			}
		}
	}
	return numbers
}

func (f *FastText) push(numbers []int32, bucket int32) []int32 {
	if f.Pruned {
		kept, ok := f.kept[bucket]
		if !ok {
			return numbers
		}
		bucket = kept
	}
	return append(numbers, int32(len(f.Words))+bucket)
}

// fastHash is FNV-1a with bytes above 127 as negative numbers.
func fastHash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(int8(s[i]))) * 16777619
	}
	return h
}
