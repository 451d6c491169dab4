package digest

import (
	"bytes"
	"crypto/sha256"
	"testing"
)

// Every length around the ends of blocks, written in pieces of every kind, as crypto/sha256 has it.
func TestPortable(t *testing.T) {
	data := make([]byte, 300)
	for i := range data {
		data[i] = byte(i*i + 7*i)
	}
	for n := range len(data) {
		for _, piece := range []int{1, 3, 55, 64, 65, 300} {
			check(t, data[:n], piece)
		}
	}
}

func FuzzPortable(f *testing.F) {
	f.Add([]byte("abc"), uint8(2))
	f.Add(bytes.Repeat([]byte{0x80}, 119), uint8(63))
	f.Fuzz(func(t *testing.T, data []byte, piece uint8) { check(t, data, int(piece)+1) })
}

func check(t *testing.T, data []byte, piece int) {
	t.Helper()
	h := &portable{}
	h.Reset()
	for rest := data; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
		h.Write(rest[:min(piece, len(rest))])
		h.Sum(nil) // changes nothing
	}
	if got, want := h.Sum([]byte("x")), sha256.Sum256(data); string(got) != "x"+string(want[:]) {
		t.Fatalf("%d bytes in pieces of %d: expected %x, got %x", len(data), piece, want, got[1:])
	}
	if got, want := Sum256(data), sha256.Sum256(data); got != want {
		t.Fatalf("Sum256 of %d bytes: expected %x, got %x", len(data), want, got)
	}
}
