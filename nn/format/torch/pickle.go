package torch

import (
	"encoding/binary"
	"math"

	"wafer/nn/say"
)

// Limits of a pickle, beside the memory that its budget allows.
const (
	maxMemo = 1 << 20
	maxText = 1 << 20 // bytes of a text
)

// What things take, in bytes, as the budget counts them.
const (
	costValue  = 16 // on the stack, in a tuple, a list or the memo
	costObject = 96
)

// unpickler reads the instructions that PyTorch writes, those of pickle's protocol 2
// (https://github.com/python/cpython/blob/main/Lib/pickletools.py). It calls nothing: what a file may name is listed in
// call and build.
type unpickler struct {
	b      []byte
	at     int
	stack  []any
	marks  []int
	memo   []any
	budget int // bytes that may still be taken

	storages map[string]storage // by key, all that are referred to
}

// unpickle reads one pickle at the beginning of b; p.at is how long it is. What it makes may take so many bytes.
func unpickle(b []byte, budget int) (v any, p *unpickler, err error) {
	p = &unpickler{b: b, budget: budget, storages: map[string]storage{}}
	for {
		op, err := p.take(1)
		if err != nil {
			return nil, nil, err
		}
		if op[0] == '.' {
			v, err = p.pop()
			return v, p, err
		}
		if err := p.step(op[0]); err != nil {
			return nil, nil, err
		}
	}
}

// take is the next n bytes.
func (p *unpickler) take(n int) ([]byte, error) {
	if n < 0 || n > len(p.b)-p.at {
		return nil, say.Errorf("ends in the middle: %d bytes should follow, there are %d", n, len(p.b)-p.at)
	}
	p.at += n
	return p.b[p.at-n : p.at], nil
}

// number is the next n bytes as a number.
func (p *unpickler) number(n int) (int64, error) {
	b, err := p.take(n)
	if err != nil {
		return 0, err
	}
	var full [8]byte
	copy(full[:], b)
	return int64(binary.LittleEndian.Uint64(full[:])), nil
}

// spend counts memory before it is taken.
func (p *unpickler) spend(n int) error {
	if p.budget -= n; p.budget < 0 {
		return say.New("would take more memory than four times the size of the file")
	}
	return nil
}

func (p *unpickler) push(v any, cost int) error {
	p.stack = append(p.stack, v)
	return p.spend(costValue + cost)
}

func (p *unpickler) pop() (any, error) {
	items, err := p.popSome(1)
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// popSome is the last n values, above the last mark.
func (p *unpickler) popSome(n int) ([]any, error) {
	at, low := len(p.stack)-n, 0
	if len(p.marks) > 0 {
		low = p.marks[len(p.marks)-1]
	}
	if at < low {
		return nil, say.New("takes a value from an empty stack")
	}
	items := p.stack[at:]
	p.stack = p.stack[:at]
	return items, nil
}

// popMark is what stands above the last mark.
func (p *unpickler) popMark() ([]any, error) {
	if len(p.marks) == 0 {
		return nil, say.New("lacks a mark")
	}
	at := p.marks[len(p.marks)-1]
	p.marks = p.marks[:len(p.marks)-1]
	items := p.stack[at:]
	p.stack = p.stack[:at]
	return items, p.spend(costValue * len(items))
}

// top is the value that the next instruction changes.
func (p *unpickler) top() any {
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1]
}

func (p *unpickler) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := p.number(1)
		if err == nil && v != 2 {
			err = say.Errorf("is a pickle of protocol %d, expected 2, which PyTorch writes", v)
		}
		return err
	case 'N':
		return p.push(nil, 0)
	case 0x88:
		return p.push(true, 0)
	case 0x89:
		return p.push(false, 0)
	case '}':
		return p.push(&dict{}, costObject)
	case ']':
		return p.push(&list{}, costObject)
	case ')':
		return p.push(tuple(nil), costObject)
	case '(':
		p.marks = append(p.marks, len(p.stack))
		return p.spend(costValue)
	case 'J', 'K', 'M', 0x8a, 'G':
		return p.pushNumber(op)
	case 'X', 'U', 'T':
		return p.pushText(op)
	case 'q', 'r', 'h', 'j':
		return p.remember(op)
	case 't', 0x85, 0x86, 0x87, 'a', 'e', 's', 'u':
		return p.collect(op)
	case 'c', 'Q', 'R', 0x81, 'b':
		return p.object(op)
	}
	return say.Errorf("has the pickle instruction 0x%02x, which PyTorch does not write", op)
}

func (p *unpickler) pushNumber(op byte) error {
	width := 4
	switch op {
	case 'K':
		width = 1
	case 'M':
		width = 2
	case 'G':
		b, err := p.take(8)
		if err != nil {
			return err
		}
		return p.push(math.Float64frombits(binary.BigEndian.Uint64(b)), 8)
	case 0x8a: // LONG1: a length, then as many bytes
		n, err := p.number(1)
		if err != nil {
			return err
		}
		if n > 8 {
			b, err := p.take(int(n))
			if err != nil {
				return err
			}
			return p.push(inert{string(b)}, costObject)
		}
		v, err := p.number(int(n))
		if err == nil && n > 0 && n < 8 {
			v = v << (64 - 8*n) >> (64 - 8*n) // with its sign
		}
		return first(err, p.push(v, 8))
	}
	v, err := p.number(width)
	if op == 'J' {
		v = int64(int32(v))
	}
	return first(err, p.push(v, 8))
}

// first is the first error.
func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (p *unpickler) pushText(op byte) error {
	width := 4
	if op == 'U' {
		width = 1
	}
	n, err := p.number(width)
	if err == nil && n > maxText {
		err = say.Errorf("has a text of %d bytes, at most %d are read", n, maxText)
	}
	if err != nil {
		return err
	}
	b, err := p.take(int(n))
	if err != nil {
		return err
	}
	return p.push(string(b), 16+len(b))
}

// remember keeps the top of the stack by a number, or brings such a value back.
func (p *unpickler) remember(op byte) error {
	width := 1
	if op == 'r' || op == 'j' {
		width = 4
	}
	n, err := p.number(width)
	if err != nil {
		return err
	}
	if op == 'h' || op == 'j' {
		if n >= int64(len(p.memo)) {
			return say.Errorf("refers to value %d, which it does not have", n)
		}
		return p.push(p.memo[n], 0)
	}
	if n > int64(len(p.memo)) || n >= maxMemo { // Python counts them up
		return say.Errorf("keeps value %d behind %d others", n, len(p.memo))
	}
	if n == int64(len(p.memo)) {
		p.memo = append(p.memo, nil)
	}
	p.memo[n] = p.top()
	return p.spend(costValue)
}

// collect makes tuples and fills lists and dictionaries.
func (p *unpickler) collect(op byte) error {
	var items []any
	var err error
	switch op {
	case 't', 'e', 'u':
		items, err = p.popMark()
	case 0x85, 'a':
		items, err = p.popSome(1)
	case 0x86, 's':
		items, err = p.popSome(2)
	default:
		items, err = p.popSome(3)
	}
	if err != nil {
		return err
	}
	switch op {
	case 'a', 'e':
		to, ok := p.top().(*list)
		if !ok {
			return say.New("adds to something that is no list")
		}
		to.items = append(to.items, items...)
		return p.spend(costValue * len(items))
	case 's', 'u':
		to, ok := p.top().(*dict)
		if !ok || len(items)%2 != 0 {
			return say.New("sets a key of something that is no dictionary")
		}
		for i := 0; i < len(items); i += 2 {
			to.set(items[i], items[i+1])
		}
		return p.spend(2 * costValue * len(items))
	}
	return p.push(append(tuple(nil), items...), 24+costValue*len(items))
}
