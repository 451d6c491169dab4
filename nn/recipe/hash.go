//go:build !page

package recipe

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash identifies the run: the SHA-256 of Bytes without the card, hex. The page, which is built with the tag page, asks
// for none: Go's SHA-256 would bring 35 KB of ciphers and self-tests along.
func (r *Recipe) Hash() string {
	bare := *r
	bare.Card = nil
	sum := sha256.Sum256(bare.Bytes())
	return hex.EncodeToString(sum[:])
}
