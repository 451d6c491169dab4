package fasttext

import (
	"encoding/binary"
	"strings"
	"testing"
)

// made is a file of fields: int32 for int, int64, byte, and bytes for string and []byte.
func made(fields ...any) (b []byte) {
	for _, f := range fields {
		switch v := f.(type) {
		case int:
			b = binary.LittleEndian.AppendUint32(b, uint32(int32(v)))
		case int64:
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		case byte:
			b = append(b, v)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

// head are mark, version and arguments of a classifier: width, longest n-gram of words, loss, buckets.
func head(dim, ngrams, loss, buckets int) string {
	return string(made(magic, version, dim, 5, 5, 1, 5, ngrams, loss, modelSupervised, buckets, 0, 0, 100, int64(0)))
}

// words are a word and two labels.
var words = string(made(3, 1, 2, int64(9), int64(-1), "a\x00", int64(5), byte(0), "__label__x\x00", int64(3), byte(1),
	"__label__y\x00", int64(2), byte(1)))

func good(loss int) []byte {
	return made(head(1, 1, loss, 0), words, byte(0), int64(1), int64(1), "\x00\x00\x80\x3f", byte(0), int64(2),
		int64(1), "\x00\x00\x80\x3f\x00\x00\x80\xbf")
}

func TestLossesAreNetworks(t *testing.T) {
	for _, loss := range []int{lossTree, lossNegative, lossSoftmax, lossOneByOne} {
		if n, err := Load(good(loss)); err != nil || len(n.Labels) != 2 {
			t.Errorf("loss %d: got %v, expected a network of two labels", loss, err)
		}
	}
}

func TestHostileFilesAreASentence(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":           {nil, "its mark needs 4 bytes"},
		"other version":   {made(magic, 11), "version 11"},
		"no width":        {made(head(0, 1, 3, 0), words), "width 0"},
		"negative width":  {made(head(-1, 1, 3, 0), words), "the width is -1"},
		"huge dictionary": {made(head(1, 1, 3, 0), 8000000, 8000000, 0, int64(0), int64(-1)), "in 92 bytes"},
		"endless word":    {made(head(1, 1, 3, 0), 1, 1, 0, int64(0), int64(-1), strings.Repeat("a", 5000)), "no end"},
		"huge table":      {made(head(1, 1, 3, 0), words, byte(0), int64(1<<31-1), int64(1)), "bytes at"},
		"many buckets":    {made(head(8192, 1, 3, 1<<30), words, byte(0), int64(1<<30+1), int64(8192)), "bytes at"},
		"many kept":       {made(head(1, 1, 3, 9), 0, 0, 0, int64(0), int64(1<<40)), "kept buckets is"},
		"negative codes":  {made(head(1, 1, 3, 0), words, byte(1), byte(0), int64(1), int64(1), -5), "bytes at"},
		"odd parts": {made(head(4, 1, 3, 0), words, byte(1), byte(0), int64(1), int64(4), 2, "ab", 4, 2, 1<<30, 1),
			"is cut into"},
		"trailing":  {append(good(3), 1), "1 bytes behind"},
		"truncated": {good(3)[:50], "needs"},
		"cut short": {good(3)[:len(good(3))-1], "needs"},
	} {
		_, err := Load(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(good(1))
	f.Add(good(3))
	f.Add(made(head(2, 1, 3, 0), words, byte(1), byte(1), int64(1), int64(2), 1, "\x05", 2, 1, 2, 2,
		strings.Repeat("\x00\x00\x80\x3f", 512), "\x07", 1, 1, 1, 1, strings.Repeat("\x00\x00\x80\x3f", 256), byte(0),
		int64(2),
		int64(2), strings.Repeat("\x00", 16)))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := Load(b)
		if err != nil {
			return
		}
		for _, w := range n.Layers.Weights() {
			if n.State[w.Name] == nil {
				t.Fatalf("the network lacks its weight %s", w.Name)
			}
		}
	})
}
