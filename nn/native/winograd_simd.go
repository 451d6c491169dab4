//go:build goexperiment.simd && go1.27

package native

import (
	"simd"

	"wafer/nn/graph"
)

// Each of these is the twin of the function named One in winograd.go: it works on
// whole registers and returns how many elements that were.

// filterVectors2 and its like take a register of neighbouring channels at a time.
func filterVectors2(u, g *lines) int {
	w, n, half, i := lanes(), len(u[0]), f32v(0.5), 0
	for ; i+w <= n; i += w {
		g0, g1, g2 := part(g[0], i), part(g[1], i), part(g[2], i)
		s := g0.Add(g2)
		g0.Store(u[0][i:])
		s.Add(g1).Mul(half).Store(u[1][i:])
		s.Sub(g1).Mul(half).Store(u[2][i:])
		g2.Store(u[3][i:])
	}
	return i
}

func imageVectors2(v, d *lines) int {
	w, n, i := lanes(), len(v[0]), 0
	for ; i+w <= n; i += w {
		d1, d2 := part(d[1], i), part(d[2], i)
		part(d[0], i).Sub(d2).Store(v[0][i:])
		d1.Add(d2).Store(v[1][i:])
		d2.Sub(d1).Store(v[2][i:])
		d1.Sub(part(d[3], i)).Store(v[3][i:])
	}
	return i
}

func resultVectors2(y, m *lines) int {
	w, n, i := lanes(), len(y[0]), 0
	for ; i+w <= n; i += w {
		m1, m2 := part(m[1], i), part(m[2], i)
		part(m[0], i).Add(m1.Add(m2)).Store(y[0][i:])
		m1.Sub(m2).Sub(part(m[3], i)).Store(y[1][i:])
	}
	return i
}

func filterVectors4(u, g *lines) int {
	w, n, i := lanes(), len(u[0]), 0
	s0, s1, s2 := f32v(graph.WinogradS0), f32v(graph.WinogradS1), f32v(graph.WinogradS2)
	t0, t1, t2 := f32v(graph.WinogradT0), f32v(graph.WinogradT1), f32v(graph.WinogradT2)
	for ; i+w <= n; i += w {
		g0, g1, g2 := part(g[0], i), part(g[1], i), part(g[2], i)
		s, r := s0.Mul(g0).Add(s2.Mul(g2)), s1.Mul(g1)
		v, q := t0.Mul(g0).Add(t2.Mul(g2)), t1.Mul(g1)
		g0.Store(u[0][i:])
		s.Add(r).Store(u[1][i:])
		s.Sub(r).Store(u[2][i:])
		v.Add(q).Store(u[3][i:])
		v.Sub(q).Store(u[4][i:])
		g2.Store(u[5][i:])
	}
	return i
}

func imageVectors4(v, d *lines) int {
	w, n, i := lanes(), len(v[0]), 0
	p, q, r := f32v(graph.WinogradP), f32v(graph.WinogradQ), f32v(graph.WinogradR)
	p2, q2 := f32v(graph.WinogradP2), f32v(graph.WinogradQ2)
	for ; i+w <= n; i += w {
		d1, d2, d3, d4 := part(d[1], i), part(d[2], i), part(d[3], i), part(d[4], i)
		part(d[0], i).Add(d4).Sub(r.Mul(d2)).Store(v[0][i:])
		d1.Add(part(d[5], i)).Sub(r.Mul(d3)).Store(v[5][i:])
		a, b := q2.Mul(d2).Sub(d4), q.Mul(d1).Sub(p.Mul(d3))
		a.Add(b).Store(v[1][i:])
		a.Sub(b).Store(v[2][i:])
		c, e := d4.Sub(p2.Mul(d2)), q.Mul(d3).Sub(p.Mul(d1))
		c.Add(e).Store(v[3][i:])
		c.Sub(e).Store(v[4][i:])
	}
	return i
}

func resultVectors4(y, m *lines) int {
	w, n, i := lanes(), len(y[0]), 0
	p, p2, p3 := f32v(graph.WinogradP), f32v(graph.WinogradP2), f32v(graph.WinogradP3)
	q, q2, q3 := f32v(graph.WinogradQ), f32v(graph.WinogradQ2), f32v(graph.WinogradQ3)
	for ; i+w <= n; i += w {
		m1, m2, m3, m4 := part(m[1], i), part(m[2], i), part(m[3], i), part(m[4], i)
		a, b, c, e := m1.Add(m2), m1.Sub(m2), m3.Add(m4), m3.Sub(m4)
		part(m[0], i).Add(a.Add(c)).Store(y[0][i:])
		p.Mul(b).Add(q.Mul(e)).Store(y[1][i:])
		p2.Mul(a).Add(q2.Mul(c)).Store(y[2][i:])
		p3.Mul(b).Add(q3.Mul(e)).Add(part(m[5], i)).Store(y[3][i:])
	}
	return i
}

// part is a register of s from element i on.
func part(s []float32, i int) simd.Float32s { return simd.LoadFloat32s(s[i:]) }
