package data

import (
	"encoding/binary"
	"math/rand/v2"

	"wafer/nn/digest"
)

// Rand is the random stream of one purpose at one place of a run: a PCG whose two
// state words are the first 16 bytes, little endian, of the SHA-256 of seed, epoch
// and step (uint64, little endian) followed by the purpose. The same four
// arguments give the same numbers in every build, so a run that was stopped and
// resumed draws what it would have drawn.
func Rand(seed uint64, purpose string, epoch, step int) *rand.Rand {
	b := make([]byte, 24, 24+len(purpose))
	binary.LittleEndian.PutUint64(b, seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(int64(epoch)))
	binary.LittleEndian.PutUint64(b[16:], uint64(int64(step)))
	sum := digest.Sum256(append(b, purpose...))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
}
