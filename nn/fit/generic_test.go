package fit

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"os"
	"strings"
	"testing"

	"wafer/nn/outside"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

var update = flag.Bool("update", false, "write the mean of generic sentences anew")

// The mean that package outside has is that of its sentences by the shipped encoder.
func TestGenericSentences(t *testing.T) {
	const folder = "../outside/"
	texts, err := os.ReadFile(folder + "testdata/generic.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, base := encoder(t, 2)
	var in []task.Input
	for _, line := range strings.Split(strings.TrimSpace(string(texts)), "\n") {
		in = append(in, task.Input{Text: line})
	}
	x, err := base.Features(context.Background(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	width := x.Size() / len(in)
	sum := make([]float32, width)
	for i, v := range x.F() {
		sum[i%width] += v
	}
	var file []byte
	for _, v := range sum {
		file = binary.LittleEndian.AppendUint16(file, tensor.Half(v/float32(len(in))))
	}
	if *update {
		if err := os.WriteFile(folder+"generic.f16", file, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder+"generic.sha256", []byte(base.Info().SHA256), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if kept, err := os.ReadFile(folder + "generic.f16"); err != nil || !bytes.Equal(kept, file) {
		t.Errorf("the mean of %d sentences is another than in generic.f16 (%v): go test ./nn/fit -run Generic -update",
			len(in), err)
	}
	if outside.Generic(base.Info().SHA256) == nil {
		t.Error("the shipped encoder is not the one that the mean belongs to: go test ./nn/fit -run Generic -update")
	}
}
