package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"wafer/nn/solve"
)

// sklearn hands a draw to bench/quality/logistic.py: the accuracy of LogisticRegression on the same features, and of
// TF-IDF of characters with it.
func (b *bench) sklearn(d drawn, train, test solve.Features) (peer, baseline float64, err error) {
	dir, err := os.MkdirTemp("", "quality")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	for name, part := range map[string]struct {
		x     solve.Features
		y     []int
		texts []string
	}{"train": {train, labels(d.train), texts(d.train)}, "test": {test, labels(d.test), texts(d.test)}} {
		if err := write(filepath.Join(dir, name), part.x, part.y, part.texts); err != nil {
			return 0, 0, err
		}
	}
	run := exec.Command(b.python, "bench/quality/logistic.py", dir)
	run.Stderr = os.Stderr
	answer, err := run.Output()
	if err != nil {
		return 0, 0, fmt.Errorf("scikit-learn: %w", err)
	}
	var said struct{ Same, Characters float64 }
	err = json.Unmarshal(answer, &said)
	return said.Same, said.Characters, err
}

// write leaves features as raw little-endian arrays: dense [rows, width]; the sparse part as CSR.
func write(base string, x solve.Features, y []int, texts []string) error {
	indptr, index, value := []int32{0}, []int32{}, []float32{}
	for _, s := range x.Sparse {
		index, value = append(index, s.Index...), append(value, s.Value...)
		indptr = append(indptr, int32(len(index)))
	}
	about, err := json.Marshal(map[string]any{"rows": x.Rows, "width": x.Width, "words": x.Words, "y": y,
		"texts": texts})
	if err != nil {
		return err
	}
	for suffix, content := range map[string][]byte{
		".json": about, ".dense": floats(x.Dense), ".value": floats(value), ".index": ints(index),
		".indptr": ints(indptr)} {
		if err := os.WriteFile(base+suffix, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// floats and ints are arrays as numpy.fromfile reads them: 4 bytes each, little-endian.
func floats(list []float32) []byte {
	b := make([]byte, 0, 4*len(list))
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func ints(list []int32) []byte {
	b := make([]byte, 0, 4*len(list))
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}
