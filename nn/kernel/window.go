package kernel

import (
	"slices"

	"wafer/nn/order"
)

// Axis relates the positions of a result to those of an operand along one axis of a
// sliding window: result o meets operand (Step·o + Reach·t + From) / Every through tap t,
// where that is whole and inside the operand.
type Axis struct {
	Results, Operands, Taps  int
	Step, Reach, From, Every int
}

// Along is the axis of a window over in positions that gives out results.
func Along(in, out, taps, stride, dilation, pad int) Axis {
	return Axis{Results: out, Operands: in, Taps: taps, Step: stride, Reach: dilation, From: -pad, Every: 1}
}

// Back is the axis the other way round: which results met each operand.
func (a Axis) Back() Axis {
	return Axis{
		Results: a.Operands, Operands: a.Results, Taps: a.Taps,
		Step: 1, Reach: -a.Reach, From: -a.From, Every: a.Step,
	}
}

// meets is the operand that result o meets through tap t.
func (a Axis) meets(o, t int) (i int, ok bool) {
	i = a.Step*o + a.Reach*t + a.From
	return i / a.Every, i >= 0 && i%a.Every == 0 && i/a.Every < a.Operands
}

// pushMeets is meets in code: it sets i and pushes ok. The comparison without sign
// turns negative positions down, too.
func (a Axis) pushMeets(k *Emitter, i, o, t Local) {
	for _, part := range []struct {
		v      Local
		factor int
	}{{o, a.Step}, {t, a.Reach}} {
		k.Get(part.v)
		k.I32Const(int32(part.factor))
		k.I32Mul()
	}
	k.I32Add()
	k.I32Const(int32(a.From))
	k.I32Add()
	k.Set(i)
	if a.Every > 1 {
		k.Get(i)
		k.I32Const(int32(a.Every))
		k.I32RemU()
		k.I32Eqz()
		k.Get(i)
		k.I32Const(int32(a.Every))
		k.I32DivU()
		k.Set(i)
	}
	k.Get(i)
	k.I32Const(int32(a.Operands))
	k.I32LtU()
	if a.Every > 1 {
		k.I32And()
	}
}

// meeting says that a result meets an operand through a tap.
type meeting struct{ result, operand, tap int }

// stretch is n neighbouring results and what they meet, positions counted from the first
// result and the first operand, in the order in which operands are met. times stretches
// alike follow each other, the operands of each being step further.
type stretch struct {
	result, operand int
	n               int
	meetings        []meeting
	times, step     int
}

// stretches cuts an axis in stretches of at most about width results, so that whatever
// the borders cut off is known when the code is written.
func (a Axis) stretches(width int) []stretch {
	number := max((a.Results+width-1)/width, 1)
	width = (a.Results + number - 1) / number
	width = (width + a.Every - 1) / a.Every * a.Every // so that neighbours are alike
	var list []stretch
	for o := 0; o < a.Results; o += width {
		s := a.stretch(o, min(width, a.Results-o))
		if len(list) > 0 && list[len(list)-1].takes(s) {
			continue
		}
		list = append(list, s)
	}
	return list
}

// takes makes s part of a repeated stretch, if it goes on alike.
func (r *stretch) takes(s stretch) bool {
	step := (s.operand - r.operand) / r.times
	even := r.operand+r.times*step == s.operand && (r.times == 1 || step == r.step)
	if s.n != r.n || !slices.Equal(s.meetings, r.meetings) || !even {
		return false
	}
	r.times, r.step = r.times+1, step
	return true
}

func (a Axis) stretch(first, n int) stretch {
	s := stretch{result: first, n: n, times: 1}
	for o := range n {
		for t := range a.Taps {
			if i, ok := a.meets(first+o, t); ok {
				s.meetings = append(s.meetings, meeting{o, i, t})
			}
		}
	}
	if len(s.meetings) == 0 {
		return s
	}
	order.Stable(s.meetings, func(x, y meeting) int {
		if a.Reach < 0 {
			x, y = y, x
		}
		return x.operand - y.operand
	})
	s.operand = min(s.meetings[0].operand, s.meetings[len(s.meetings)-1].operand)
	for i := range s.meetings {
		s.meetings[i].operand -= s.operand
	}
	return s
}

// meetings counts what the stretches meet, repetitions once.
func meetings(list []stretch) int {
	n := 0
	for _, s := range list {
		n += len(s.meetings)
	}
	return n
}

// divide sets q = v / by and r = v mod by, v ≥ 0.
func (k *Emitter) divide(v Local, by int, q, r Local) {
	k.Get(v)
	k.I32Const(int32(by))
	k.I32DivU()
	k.Set(q)
	k.Get(v)
	k.I32Const(int32(by))
	k.I32RemU()
	k.Set(r)
}

// blocks walks floats lo ≤ i < hi of c channels in blocks of n vectors, then of one
// vector, then one float at a time; body runs with the byte offset. lo is a multiple of
// 4·n, and so is hi unless it is c.
func (k *Emitter) blocks(lo, hi Int, c, n int, body func(w Width, n int, at Local)) {
	at, end := k.I32(), k.I32()
	k.Address(at, C(0), lo, 4)
	walk := func(w Width, n int) {
		step := 4 * int(w) * n
		k.Address(end, C(1-step), hi, 4)
		k.For(at, L(at), L(end), step, func() { body(w, n, at) })
	}
	if c >= 4*n {
		walk(Four, n)
	}
	if n > 1 && c%(4*n) >= 4 {
		walk(Four, 1)
	}
	if c%4 != 0 {
		walk(One, 1)
	}
	k.FreeI32(at, end)
}
