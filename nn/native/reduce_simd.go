//go:build goexperiment.simd && go1.27

package native

import "simd"

// partials adds the terms of x (and y) to 16 interleaved partial sums, 16
// elements at a time, and returns how many elements that were. A register holds
// 4, 8 or 16 of the partials.
func partials(term term, p *[16]float32, x, y []float32, mean float32) int {
	switch lanes() {
	case 16:
		return partials1(term, p, x, y, mean)
	case 8:
		return partials2(term, p, x, y, mean)
	case 4:
		return partials4(term, p, x, y, mean)
	}
	return 0
}

// partials1 holds the 16 partial sums in one register of 16.
func partials1(term term, p *[16]float32, x, y []float32, mean float32) int {
	s, m, i := simd.LoadFloat32s(p[:]), f32v(mean), 0
	switch term {
	case termSum:
		for ; i+16 <= len(x); i += 16 {
			s = s.Add(simd.LoadFloat32s(x[i:]))
		}
	case termDot:
		y = y[:len(x)]
		for ; i+16 <= len(x); i += 16 {
			s = s.Add(simd.LoadFloat32s(x[i:]).Mul(simd.LoadFloat32s(y[i:])))
		}
	case termSquaredDiff:
		for ; i+16 <= len(x); i += 16 {
			d := simd.LoadFloat32s(x[i:]).Sub(m)
			s = s.Add(d.Mul(d))
		}
	}
	s.Store(p[:])
	return i
}

// partials2 holds them in two registers of 8.
func partials2(term term, p *[16]float32, x, y []float32, mean float32) int {
	s0, s1, m, i := simd.LoadFloat32s(p[:]), simd.LoadFloat32s(p[8:]), f32v(mean), 0
	switch term {
	case termSum:
		for ; i+16 <= len(x); i += 16 {
			s0 = s0.Add(simd.LoadFloat32s(x[i:]))
			s1 = s1.Add(simd.LoadFloat32s(x[i+8:]))
		}
	case termDot:
		y = y[:len(x)]
		for ; i+16 <= len(x); i += 16 {
			s0 = s0.Add(simd.LoadFloat32s(x[i:]).Mul(simd.LoadFloat32s(y[i:])))
			s1 = s1.Add(simd.LoadFloat32s(x[i+8:]).Mul(simd.LoadFloat32s(y[i+8:])))
		}
	case termSquaredDiff:
		for ; i+16 <= len(x); i += 16 {
			d0, d1 := simd.LoadFloat32s(x[i:]).Sub(m), simd.LoadFloat32s(x[i+8:]).Sub(m)
			s0 = s0.Add(d0.Mul(d0))
			s1 = s1.Add(d1.Mul(d1))
		}
	}
	s0.Store(p[:])
	s1.Store(p[8:])
	return i
}

// partials4 holds them in four registers of 4.
func partials4(term term, p *[16]float32, x, y []float32, mean float32) int {
	s0, s1, s2, s3 := simd.LoadFloat32s(p[:]), simd.LoadFloat32s(p[4:]), simd.LoadFloat32s(p[8:]),
		simd.LoadFloat32s(p[12:])
	m, i := f32v(mean), 0
	switch term {
	case termSum:
		for ; i+16 <= len(x); i += 16 {
			s0 = s0.Add(simd.LoadFloat32s(x[i:]))
			s1 = s1.Add(simd.LoadFloat32s(x[i+4:]))
			s2 = s2.Add(simd.LoadFloat32s(x[i+8:]))
			s3 = s3.Add(simd.LoadFloat32s(x[i+12:]))
		}
	case termDot:
		y = y[:len(x)]
		for ; i+16 <= len(x); i += 16 {
			s0 = s0.Add(simd.LoadFloat32s(x[i:]).Mul(simd.LoadFloat32s(y[i:])))
			s1 = s1.Add(simd.LoadFloat32s(x[i+4:]).Mul(simd.LoadFloat32s(y[i+4:])))
			s2 = s2.Add(simd.LoadFloat32s(x[i+8:]).Mul(simd.LoadFloat32s(y[i+8:])))
			s3 = s3.Add(simd.LoadFloat32s(x[i+12:]).Mul(simd.LoadFloat32s(y[i+12:])))
		}
	case termSquaredDiff:
		for ; i+16 <= len(x); i += 16 {
			d0, d1 := simd.LoadFloat32s(x[i:]).Sub(m), simd.LoadFloat32s(x[i+4:]).Sub(m)
			d2, d3 := simd.LoadFloat32s(x[i+8:]).Sub(m), simd.LoadFloat32s(x[i+12:]).Sub(m)
			s0 = s0.Add(d0.Mul(d0))
			s1 = s1.Add(d1.Mul(d1))
			s2 = s2.Add(d2.Mul(d2))
			s3 = s3.Add(d3.Mul(d3))
		}
	}
	s0.Store(p[:])
	s1.Store(p[4:])
	s2.Store(p[8:])
	s3.Store(p[12:])
	return i
}

// columnVectors adds the terms of rows rows of x (stride elements apart) to acc,
// column by column, and returns how many columns that were. Few columns stay in
// registers from row to row; many are added row by row, because memory is fastest
// read in its own order.
func columnVectors(term term, acc, x, y []float32, rows, stride int) int {
	if len(acc) > narrow {
		return wideColumns(term, acc, x, y, rows, stride)
	}
	w, j := lanes(), 0
	for ; j+2*w <= len(acc); j += 2 * w {
		narrowColumns(term, acc[j:], x[j:], y, j, rows, stride)
	}
	return j
}

// narrowColumns is two registers of columns; j is where they stand in y.
func narrowColumns(term term, acc, x, y []float32, j, rows, stride int) {
	w := lanes()
	s0, s1 := simd.LoadFloat32s(acc), simd.LoadFloat32s(acc[w:])
	switch term {
	case termSum:
		for r, at := 0, 0; r < rows; r, at = r+1, at+stride {
			s0 = s0.Add(simd.LoadFloat32s(x[at:]))
			s1 = s1.Add(simd.LoadFloat32s(x[at+w:]))
		}
	case termDot:
		y = y[j:]
		for r, at := 0, 0; r < rows; r, at = r+1, at+stride {
			s0 = s0.Add(simd.LoadFloat32s(x[at:]).Mul(simd.LoadFloat32s(y[at:])))
			s1 = s1.Add(simd.LoadFloat32s(x[at+w:]).Mul(simd.LoadFloat32s(y[at+w:])))
		}
	case termSquaredDiff:
		m0, m1 := simd.LoadFloat32s(y[j:]), simd.LoadFloat32s(y[j+w:])
		for r, at := 0, 0; r < rows; r, at = r+1, at+stride {
			d0, d1 := simd.LoadFloat32s(x[at:]).Sub(m0), simd.LoadFloat32s(x[at+w:]).Sub(m1)
			s0 = s0.Add(d0.Mul(d0))
			s1 = s1.Add(d1.Mul(d1))
		}
	case termMax:
		for r, at := 0, 0; r < rows; r, at = r+1, at+stride {
			x0, x1 := simd.LoadFloat32s(x[at:]), simd.LoadFloat32s(x[at+w:])
			s0 = x0.IfElse(s0.Less(x0), s0)
			s1 = x1.IfElse(s1.Less(x1), s1)
		}
	}
	s0.Store(acc)
	s1.Store(acc[w:])
}

// wideColumns goes row by row over all columns, which are too many for registers.
func wideColumns(term term, acc, x, y []float32, rows, stride int) int {
	for at := range rows {
		row := x[at*stride:][:len(acc)]
		switch term {
		case termSum:
			addVectors(acc, acc, row)
		case termDot:
			addDots(acc, row, y[at*stride:])
		case termSquaredDiff:
			addSquares(acc, row, y)
		case termMax:
			maxVectors(acc, acc, row)
		}
	}
	return len(acc) / lanes() * lanes()
}

// addDots is s += x·y.
func addDots(s, x, y []float32) {
	w := lanes()
	for len(s) >= w && len(x) >= w && len(y) >= w {
		simd.LoadFloat32s(s).Add(simd.LoadFloat32s(x).Mul(simd.LoadFloat32s(y))).Store(s)
		s, x, y = s[w:], x[w:], y[w:]
	}
}

// addSquares is s += (x−mean)².
func addSquares(s, x, mean []float32) {
	w := lanes()
	for len(s) >= w && len(x) >= w && len(mean) >= w {
		d := simd.LoadFloat32s(x).Sub(simd.LoadFloat32s(mean))
		simd.LoadFloat32s(s).Add(d.Mul(d)).Store(s)
		s, x, mean = s[w:], x[w:], mean[w:]
	}
}

// largestVectors is the largest element of x, which is not NaN at 0, and how many
// elements it looked at; which of several zeros it is stays open.
func largestVectors(x []float32) (m float32, n int) {
	w := lanes()
	if len(x) < w {
		return x[0], 1
	}
	s := simd.BroadcastFloat32s(x[0])
	for ; n+w <= len(x); n += w {
		v := simd.LoadFloat32s(x[n:])
		s = v.IfElse(s.Less(v), s)
	}
	var p [16]float32
	s.Store(p[:])
	m = p[0]
	for _, v := range p[1:w] {
		m = choose(m < v, v, m)
	}
	return m, n
}
