// Package digest is SHA-256 (FIPS 180-4). crypto/sha256 serves on machines; the browser's programs have the hash of
// this package, since Go's brings the self-tests of its cryptographic module, and AES and SHA-3 with them (35 KB after
// brotli).
package digest

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// Size is the length of a hash in bytes.
const Size = 32

const block = 64 // bytes that are hashed at a time

// portable is the hash of the browser's programs; on machines the tests hold it against crypto/sha256.
type portable struct {
	state  [8]uint32
	rest   [block]byte // what has not filled a block
	length uint64      // in bytes
}

var _ hash.Hash = (*portable)(nil)

// The first 32 bits of the fractions of the square roots of the first 8 primes (section 5.3.3).
var start = [8]uint32{
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

// The first 32 bits of the fractions of the cube roots of the first 64 primes (section 4.2.2).
var rounds = [block]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

func (p *portable) Size() int      { return Size }
func (p *portable) BlockSize() int { return block }
func (p *portable) Reset()         { *p = portable{state: start} }

// Write never fails.
func (p *portable) Write(b []byte) (int, error) {
	n := len(b)
	held := int(p.length % block)
	p.length += uint64(n)
	if held > 0 {
		taken := copy(p.rest[held:], b)
		if b = b[taken:]; held+taken < block {
			return n, nil
		}
		p.hash(p.rest[:])
	}
	for ; len(b) >= block; b = b[block:] {
		p.hash(b)
	}
	copy(p.rest[:], b)
	return n, nil
}

// Sum appends the hash of what was written to b; more may be written after it.
func (p *portable) Sum(b []byte) []byte {
	q := *p
	end := make([]byte, block+8) // a one, zeros up to 8 bytes before the end of a block, the length in bits
	end[0] = 0x80
	end = end[:1+(2*block-9-int(p.length%block))%block+8]
	binary.BigEndian.PutUint64(end[len(end)-8:], p.length*8)
	q.Write(end)
	for _, word := range q.state {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	return b
}

// hash takes the first 64 bytes of data in (section 6.2.2).
func (p *portable) hash(data []byte) {
	s := &p.state
	a, b, c, d, e, f, g, h := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	var w words
	w.schedule(data)
	for i, word := range &w {
		t1 := h + (bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)) +
			(e&f ^ ^e&g) + rounds[i] + word
		t2 := (bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)) +
			(a&b ^ a&c ^ b&c)
		a, b, c, d, e, f, g, h = t1+t2, a, b, c, d+t1, e, f, g
	}
	for i, word := range [...]uint32{a, b, c, d, e, f, g, h} {
		s[i] += word
	}
}

// words are what the 64 rounds take in, one each.
type words [block]uint32

func (w *words) schedule(b []byte) {
	for i := range 16 {
		w[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	for i := 16; i < block; i++ {
		x, y := w[i-15], w[i-2]
		w[i] = w[i-16] + (bits.RotateLeft32(x, -7) ^ bits.RotateLeft32(x, -18) ^ x>>3) +
			w[i-7] + (bits.RotateLeft32(y, -17) ^ bits.RotateLeft32(y, -19) ^ y>>10)
	}
}
