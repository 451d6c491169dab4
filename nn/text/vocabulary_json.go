package text

import (
	"encoding/base64"
	"encoding/binary"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// vocabularyFile is what a model file has of NGrams: their weights are its network's.
type vocabularyFile struct {
	Hashes string  `json:"hashes"` // uint32, little endian, ascending, in Base64
	Least  float32 `json:"least"`
}

// ToJSON is what NGramsFromJSON reads: the hashes and Least.
func (g *NGrams) ToJSON() []byte {
	b := make([]byte, 0, 4*len(g.Hashes))
	for _, h := range g.Hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	doc, err := json.Marshal(vocabularyFile{base64.StdEncoding.EncodeToString(b), g.Least})
	if err != nil {
		panic(err) // only a Least that is no number
	}
	return doc
}

// NGramsFromJSON reads the n-grams of a model file, which may be damaged; their lengths are those of o.
func NGramsFromJSON(o recipe.TFIDF, doc []byte) (*NGrams, error) {
	var f vocabularyFile
	if err := json.Unmarshal(doc, &f); err != nil {
		return nil, say.Errorf("n-grams: expected hashes and a share: %w", err)
	}
	b, err := base64.StdEncoding.DecodeString(f.Hashes)
	if err != nil || len(b)%4 != 0 {
		return nil, say.Errorf("n-grams: expected hashes of 4 bytes in Base64, found %d characters that are not",
			len(f.Hashes))
	}
	if len(b)/4 > o.Most {
		return nil, say.Errorf("n-grams: found %d, expected %d at most", len(b)/4, o.Most)
	}
	g := &NGrams{Words: o.Words, CharMin: o.CharMin, CharMax: o.CharMax, Least: f.Least,
		Hashes: make([]uint32, len(b)/4)}
	for i := range g.Hashes {
		g.Hashes[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return g, g.Check()
}
