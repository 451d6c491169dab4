package recipe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Bytes is the recipe with all defaults filled in, as one canonical line of JSON.
func (r *Recipe) Bytes() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic("recipe: " + err.Error()) // only a RawMessage that is not JSON
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		panic("recipe: " + err.Error())
	}
	return compact.Bytes()
}

// Hash identifies the run: the SHA-256 of Bytes without the card, hex.
func (r *Recipe) Hash() string {
	bare := *r
	bare.Card = nil
	sum := sha256.Sum256(bare.Bytes())
	return hex.EncodeToString(sum[:])
}
