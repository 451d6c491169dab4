package recipe

import (
	"encoding/hex"

	"wafer/nn/digest"
)

// Hash identifies the run: the SHA-256 of Bytes without the card, hex.
func (r *Recipe) Hash() string {
	bare := *r
	bare.Card = nil
	sum := digest.Sum256(bare.Bytes())
	return hex.EncodeToString(sum[:])
}
