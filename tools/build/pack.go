package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// Numbers of the WebAssembly binary format.
const (
	typeSection     = 1
	importSection   = 2
	functionSection = 3
	startSection    = 8
	elementSection  = 9
	codeSection     = 10
	dataSection     = 11
	i32Const        = 0x41
	end             = 0x0b
)

const mostMemory = 64 << 20 // bytes of data that a program of ours cannot have

var errModule = errors.New("this is no WebAssembly module as Go's linker writes it")

// pack makes a smaller module of one that Go's linker wrote. The linker cuts a program's
// data into a hundred thousand pieces, to leave out the zeros between; it compresses a fifth better as one
// piece, and better still without the tables of file names and lines (lines.go) and what a loop can write (count.go).
func pack(module []byte) ([]byte, error) {
	sections, err := sectionsOf(module)
	if err != nil {
		return nil, err
	}
	for i, s := range sections {
		if s.id != dataSection {
			continue
		}
		image, err := memoryImage(s.body)
		if err != nil {
			return nil, err
		}
		if err := dropIdle(sections[:i], image); err != nil {
			return nil, err
		}
		functions, err := stripLines(image)
		if err != nil {
			return nil, err
		}
		if err := functions.number(image); err != nil {
			return nil, err
		}
		sections[i].body = onePiece(image)
		if sections, err = withStart(sections, functions.counter()); err != nil {
			return nil, err
		}
		break
	}
	out := bytes.NewBuffer(make([]byte, 0, len(module)))
	out.Write(module[:8])
	for _, s := range sections {
		out.WriteByte(s.id)
		out.Write(binary.AppendUvarint(nil, uint64(len(s.body))))
		out.Write(s.body)
	}
	return out.Bytes(), nil
}

// section is a section of a module, of the kind that id says.
type section struct {
	id   byte
	body []byte
}

func sectionsOf(module []byte) (list []section, err error) {
	for r := (reader{b: module, at: 8}); r.at < len(module); {
		s := section{r.byte(), r.bytes()}
		if r.failed {
			return nil, errModule
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, errModule
	}
	return list, nil
}

// memoryImage is the memory, from address 0, that a data section fills.
func memoryImage(section []byte) ([]byte, error) {
	var image []byte
	r := reader{b: section}
	for n := r.number(); n > 0 && !r.failed; n-- {
		// An active piece: memory 0, a constant address, bytes.
		if r.byte() != 0 || r.byte() != i32Const {
			return nil, errModule
		}
		at := r.number() // signed in the format, but an address is never negative
		if r.byte() != end {
			return nil, errModule
		}
		b := r.bytes()
		if at > mostMemory || len(b) > mostMemory {
			return nil, errModule
		}
		image = append(image, make([]byte, max(at+len(b)-len(image), 0))...)
		copy(image[at:], b)
	}
	if r.failed {
		return nil, errModule
	}
	return image, nil
}

// onePiece is the data section that fills memory with image.
func onePiece(image []byte) []byte {
	b := []byte{1, 0, i32Const, 0, end}
	return append(binary.AppendUvarint(b, uint64(len(image))), image...)
}

// reader reads the binary format; failed once there is not as much as was asked for.
type reader struct {
	b      []byte
	at     int
	failed bool
}

func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.failed = true
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) number() int {
	v, n := binary.Uvarint(r.b[min(r.at, len(r.b)):])
	if n <= 0 || v > math.MaxUint32 {
		r.failed = true
		return 0
	}
	r.at += n
	return int(v)
}

func (r *reader) bytes() []byte {
	n := r.number()
	if r.failed || n > len(r.b)-r.at {
		r.failed = true
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}
