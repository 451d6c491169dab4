package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"strings"

	"wafer/nn/solve"
	"wafer/nn/text"
)

const mostGrams = 1 << 15

// features are the sets that Learn chooses from, fitted on the first of several lists of texts, for each list.
func (b *bench) features(c *corpus, lists ...[]string) ([][]solve.Set, error) {
	g := &text.NGrams{Words: 2, CharMin: 1, CharMax: 5}
	g.Fit(lists[0], mostGrams)
	parts := make([][]solve.Set, len(lists))
	var scaler solve.Scaler
	for i, list := range lists {
		grams := sparse(g, list)
		parts[i] = []solve.Set{{Name: "n-grams", X: grams}}
		if !c.english {
			continue
		}
		x, err := b.sentences(list)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			scaler = solve.Standardise(x)
		}
		x = scaler.Apply(x)
		parts[i] = []solve.Set{{Name: "both", X: solve.Join(x, grams)}, {Name: "sentences", X: x}, parts[i][0]}
	}
	return parts, nil
}

func sparse(g *text.NGrams, texts []string) solve.Features {
	x := solve.Features{Rows: len(texts), Words: len(g.Hashes), Sparse: []solve.Sparse{}}
	for _, t := range texts {
		row := g.Numbers(t)
		values := g.Values(row)
		for i := range row {
			row[i]--
		}
		x.Sparse = append(x.Sparse, solve.Sparse{Index: row, Value: values})
	}
	return x
}

// vectors are features of texts by a network, by the SHA-256 of the text with white space folded. The file has such
// a hash and 512 float32, little endian, for each.
type vectors map[[sha256.Size]byte][]float32

const vectorWidth = 512

func readVectors(path string) (vectors, error) {
	v := vectors{}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	for record := make([]byte, sha256.Size+4*vectorWidth); ; {
		if _, err := io.ReadFull(in, record); errors.Is(err, io.EOF) {
			return v, nil
		} else if err != nil {
			return nil, err
		}
		row := make([]float32, vectorWidth)
		for i := range row {
			row[i] = math.Float32frombits(binary.LittleEndian.Uint32(record[sha256.Size+4*i:]))
		}
		v[[sha256.Size]byte(record[:sha256.Size])] = row
	}
}

// sentences gives the vectors of texts; those that are not yet known are computed.
func (b *bench) sentences(texts []string) (solve.Features, error) {
	x := solve.Features{Rows: len(texts), Width: vectorWidth}
	if err := b.complete(texts); err != nil {
		return x, err
	}
	for _, t := range texts {
		x.Dense = append(x.Dense, b.known[folded(t)]...)
	}
	return x, nil
}

// complete has bench/quality/sentences.py add the vectors that are missing to the file, and reads it.
func (b *bench) complete(texts []string) (err error) {
	if b.known == nil {
		if b.known, err = readVectors(b.vectors); err != nil {
			return err
		}
	}
	var missing []string
	for _, t := range texts {
		if b.known[folded(t)] == nil {
			missing = append(missing, t)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	fmt.Fprintf(os.Stderr, "%d sentence vectors\n", len(missing))
	list, err := json.Marshal(missing)
	if err != nil {
		return err
	}
	path := b.vectors + ".json"
	if err := os.WriteFile(path, list, 0o644); err != nil {
		return err
	}
	defer os.Remove(path)
	run := exec.Command(b.python, "bench/quality/sentences.py", b.models+"/use-lite-en", path, b.vectors)
	run.Stderr = os.Stderr
	if err := run.Run(); err != nil {
		return fmt.Errorf("sentence vectors: %w", err)
	}
	b.known, err = readVectors(b.vectors)
	return err
}

// folded is the key of a text.
func folded(text string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
}
