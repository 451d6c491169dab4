package data

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"wafer/nn/digest"
	"wafer/nn/task"
)

// Hash identifies the data set: the SHA-256 of its labels, of every sample in order and of
// the weights to begin with, hex. Names of files do not count, nor those of groups: only which samples share one.
func (d Dataset) Hash() string {
	h := hasher{digest.New(), map[string]int{}}
	for _, l := range d.Labels {
		h.text(l)
	}
	inside, outside := d.parts()
	for i, part := range inside {
		h.text(fmt.Sprint("part ", i))
		for _, s := range part {
			h.input(s.Input)
			h.text(d.Labels[s.Label])
		}
	}
	for i, part := range outside {
		h.text(fmt.Sprint("outside ", i))
		for _, s := range part {
			h.input(s.Input)
		}
	}
	if d.Weights != nil {
		h.text("weights")
		h.text(string(d.Weights))
	}
	return hex.EncodeToString(h.Sum(nil))
}

type hasher struct {
	hash.Hash
	groups map[string]int // numbers in the order of the samples
}

// text writes the length, uint64 little endian, then the bytes.
func (h hasher) text(s string) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
	h.Write([]byte(s))
}

// input writes what a sample is learnt from: its group by number, so that the same groups under other names hash the
// same, then text, file and pixels.
func (h hasher) input(in task.Input) {
	if in.Group != "" {
		if _, known := h.groups[in.Group]; !known {
			h.groups[in.Group] = len(h.groups)
		}
		h.text(fmt.Sprint("group ", h.groups[in.Group]))
	}
	h.text(in.Text)
	h.text(string(in.File))
	if in.Pixels != nil {
		h.text(fmt.Sprint(in.Pixels.Width, in.Pixels.Height))
		h.Write(in.Pixels.RGBA)
		h.grey(in.Pixels.Grey)
	}
}

// grey writes grey levels as the RGBA that they stand for.
func (h hasher) grey(levels []byte) {
	wide := make([]byte, 0, 4*len(levels))
	for _, v := range levels {
		wide = append(wide, v, v, v, 255)
	}
	h.Write(wide)
}
