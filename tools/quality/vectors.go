package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wafer/nn/data"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/solve"
	"wafer/nn/task"
)

// backbone is a shipped network and the features that it gave, by the SHA-256 of the sample. They are kept in a file
// of such a hash and `width` float32, little endian, each.
type backbone struct {
	net   *model.Model
	width int
	known map[[sha256.Size]byte][]float32
	file  string
}

// open reads a shipped network and the features that are kept of it.
func (b *bench) open(name string) (*backbone, error) {
	if b.bases[name] != nil {
		return b.bases[name], nil
	}
	k := &backbone{known: map[[sha256.Size]byte][]float32{}}
	var err error
	if name == teachableBase {
		k.net, err = b.openTeachable()
	} else {
		k.net, err = b.openShipped(name)
	}
	if err != nil {
		return nil, err
	}
	k.width = k.net.FeatureSize()
	k.file = filepath.Join(b.kept, fmt.Sprintf("%s-%d.bin", name, k.width))
	b.bases[name] = k
	return k, k.read()
}

func (b *bench) openShipped(name string) (*model.Model, error) {
	content, err := os.ReadFile(filepath.Join(b.models, name+".wafer"))
	if err != nil {
		return nil, err
	}
	return model.Open(content, model.Options{Levels: recipe.TeachingLevels})
}

func (k *backbone) read() error {
	f, err := os.Open(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	for record := make([]byte, sha256.Size+4*k.width); ; {
		if _, err := io.ReadFull(in, record); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", k.file, err)
		}
		row := make([]float32, k.width)
		for i := range row {
			row[i] = math.Float32frombits(binary.LittleEndian.Uint32(record[sha256.Size+4*i:]))
		}
		k.known[[sha256.Size]byte(record[:sha256.Size])] = row
	}
}

// vectors are the features of samples by a shipped network; those that are not kept are computed.
func (b *bench) vectors(base string, list []data.Sample) (x solve.Features, err error) {
	k, err := b.open(base)
	if err != nil {
		return x, err
	}
	if err := k.complete(list); err != nil {
		return x, err
	}
	x = solve.Features{Rows: len(list), Width: k.width}
	for _, s := range list {
		x.Dense = append(x.Dense, k.known[keyOf(s.Input)]...)
	}
	return x, nil
}

// atOnce is how many samples are computed before they are kept.
const atOnce = 512

func (k *backbone) complete(list []data.Sample) error {
	var missing []task.Input
	for _, s := range list {
		if key := keyOf(s.Input); k.known[key] == nil {
			k.known[key] = []float32{}
			missing = append(missing, s.Input)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	f, err := os.OpenFile(k.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	for len(missing) > 0 {
		fmt.Fprintf(os.Stderr, "\r%s: %d to compute   ", k.file, len(missing))
		some := missing[:min(len(missing), atOnce)]
		missing = missing[len(some):]
		t, err := k.net.Features(context.Background(), some, nil)
		if err != nil {
			return err
		}
		for i, in := range some {
			key, row := keyOf(in), t.F()[i*k.width:(i+1)*k.width]
			k.known[key] = row
			if _, err := f.Write(append(key[:], floats(row)...)); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(os.Stderr)
	return nil
}

// keyOf is the hash of a picture file, of pixels, or of a text with its white space folded.
func keyOf(in task.Input) [sha256.Size]byte {
	if in.File != nil {
		return sha256.Sum256(in.File)
	}
	if in.Pixels != nil {
		return sha256.Sum256(slices.Concat(in.Pixels.Grey, in.Pixels.RGBA))
	}
	return sha256.Sum256([]byte(strings.Join(strings.Fields(in.Text), " ")))
}
