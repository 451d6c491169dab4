// Package data reads data sets from their ordinary forms: IDX, a folder per class, a
// zip of folders, CSV, TSV, JSONL and CLINC150's JSON. It also splits and hashes them and
// gives the random streams of a run.
package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"wafer/nn/task"
	"wafer/nn/vision"
)

// Set is a labelled data set. Exactly one of Texts and Pictures is used, as Kind says.
type Set struct {
	Kind     task.Kind
	Classes  []string  // in the order of a model's outputs
	Labels   []int     // one per sample, index into Classes; −1 for a sample that belongs to none
	Texts    []string  //
	Pictures []Picture //
	Notes    []string  // what a person should know: rows left out, odd encodings
}

// Picture is an encoded file, or pixels where the source has no file per picture.
type Picture struct {
	Name   string
	File   []byte
	Pixels *vision.Image
}

// Decode returns the upright picture.
func (p Picture) Decode(under vision.Background) (*vision.Image, error) {
	if p.Pixels != nil {
		return p.Pixels, nil
	}
	m, err := vision.Decode(p.File, under)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return m, nil
}

// Len is the number of samples.
func (s *Set) Len() int { return len(s.Labels) }

// Input is sample i in the words of package task. Raw pixels are widened to RGBA.
func (s *Set) Input(i int) task.Input {
	if s.Kind == task.Text {
		return task.Input{Text: s.Texts[i]}
	}
	p := s.Pictures[i]
	in := task.Input{Name: p.Name, File: p.File}
	if p.Pixels != nil {
		rgb := p.Pixels.Convert(3)
		in.Pixels = &task.Pixels{Width: rgb.Width, Height: rgb.Height, RGBA: make([]byte, 4*rgb.Width*rgb.Height)}
		for k := range rgb.Width * rgb.Height {
			copy(in.Pixels.RGBA[4*k:], rgb.Pix[3*k:3*k+3])
			in.Pixels.RGBA[4*k+3] = 255
		}
	}
	return in
}

// Subset is a set of the samples with the given numbers, in that order.
func (s *Set) Subset(index []int) *Set {
	sub := &Set{Kind: s.Kind, Classes: s.Classes}
	for _, i := range index {
		sub.Labels = append(sub.Labels, s.Labels[i])
		if s.Kind == task.Text {
			sub.Texts = append(sub.Texts, s.Texts[i])
		} else {
			sub.Pictures = append(sub.Pictures, s.Pictures[i])
		}
	}
	return sub
}

// Counts is the number of samples of every class.
func (s *Set) Counts() []int {
	n := make([]int, len(s.Classes))
	for _, l := range s.Labels {
		if l >= 0 {
			n[l]++
		}
	}
	return n
}

// Hash identifies the content: the SHA-256, hex, of the kind, the classes and every
// sample in order, each part preceded by its length. File names and notes do not count.
func (s *Set) Hash() string {
	h := hasher{sha256.New()}
	h.text(string(s.Kind))
	h.number(len(s.Classes))
	for _, c := range s.Classes {
		h.text(c)
	}
	h.number(len(s.Labels))
	for i, l := range s.Labels {
		h.number(l)
		if s.Kind == task.Text {
			h.text(s.Texts[i])
		} else {
			h.picture(s.Pictures[i])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

type hasher struct{ hash.Hash }

func (h hasher) number(n int) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(int64(n))))
}

func (h hasher) text(s string) {
	h.number(len(s))
	h.Write([]byte(s))
}

func (h hasher) picture(p Picture) {
	if p.Pixels == nil {
		h.number(len(p.File))
		h.Write(p.File)
		return
	}
	h.number(p.Pixels.Width)
	h.number(p.Pixels.Height)
	h.number(p.Pixels.Channels)
	h.Write(p.Pixels.Pix)
}

// Split holds back a share of every class, drawn from Rand(seed, purpose, 0, 0): of n
// samples share·n to the nearest whole number, but at least one of two, and never all.
// Both halves keep the order of the set.
func (s *Set) Split(share float64, seed uint64, purpose string) (rest, held *Set) {
	a, b := Stratified(s.Labels, share, seed, purpose)
	return s.Subset(a), s.Subset(b)
}

// Stratified is Split for a list of labels: it returns the numbers of the samples that
// stay and of those held back, ascending.
func Stratified(labels []int, share float64, seed uint64, purpose string) (rest, held []int) {
	r := Rand(seed, purpose, 0, 0)
	members, classes := map[int][]int{}, []int{}
	for i, l := range labels {
		if members[l] == nil {
			classes = append(classes, l)
		}
		members[l] = append(members[l], i)
	}
	slices.Sort(classes)
	for _, c := range classes {
		m := members[c]
		r.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] })
		n := int(float64(share*float64(len(m))) + 0.5)
		if share > 0 {
			n = min(max(n, 1), len(m)-1)
		}
		held, rest = append(held, m[:n]...), append(rest, m[n:]...)
	}
	slices.Sort(rest)
	slices.Sort(held)
	return rest, held
}

// Order is the order of n samples in an epoch, shuffled by Rand(seed, "shuffle", epoch, 0).
func Order(n int, seed uint64, epoch int) []int {
	return Rand(seed, "shuffle", epoch, 0).Perm(n)
}
