package eval

import (
	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.LSTM] = lstm
	kernels[graph.LSTMGrad] = lstmGrad
	kernels[graph.GRU] = gru
	kernels[graph.GRUGrad] = gruGrad
}

// dotColumn is Σ over j ascending of h[j]·u[j,k], u having the given width.
func dotColumn(h, u []float32, width, k int) float32 {
	sum := float32(0)
	for j, v := range h {
		sum += float32(v * u[j*width+k])
	}
	return sum
}

// dotRow is Σ over k ascending of d[k]·u[j,k].
func dotRow(d, u []float32, j int) float32 {
	sum := float32(0)
	for k, v := range d {
		sum += float32(v * u[j*len(d)+k])
	}
	return sum
}

// lstm gives a trace [batch, time, 6·units] of i, f, g, o, c and h, which the gradient reads. zx [batch, time, 4·units]
// is what the inputs give to the gates, u [units, 4·units].
func lstm(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	zx, u, trace := in[0].F(), in[1].F(), out.F()
	batch, steps, h := n.Shape[0], n.Shape[1], in[1].Shape()[0]
	for b := range batch {
		hPrev, cPrev := make([]float32, h), make([]float32, h)
		for t := range steps {
			z, row := zx[(b*steps+t)*4*h:], trace[(b*steps+t)*6*h:][:6*h]
			for j := range h {
				i := fmath.Sigmoid(z[j] + dotColumn(hPrev, u, 4*h, j))
				f := fmath.Sigmoid(z[h+j] + dotColumn(hPrev, u, 4*h, h+j))
				g := fmath.Tanh(z[2*h+j] + dotColumn(hPrev, u, 4*h, 2*h+j))
				o := fmath.Sigmoid(z[3*h+j] + dotColumn(hPrev, u, 4*h, 3*h+j))
				c := float32(f*cPrev[j]) + float32(i*g)
				row[j], row[h+j], row[2*h+j], row[3*h+j] = i, f, g, o
				row[4*h+j], row[5*h+j] = c, float32(o*fmath.Tanh(c))
			}
			cPrev, hPrev = row[4*h:5*h], row[5*h:]
		}
	}
}

// lstmGrad gives dz [batch, time, 4·units], the gradient at the gates, from the last step to the first; dh [batch,
// time, units] comes from the outputs.
func lstmGrad(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	trace, u, dh, dz := in[0].F(), in[1].F(), in[2].F(), out.F()
	batch, steps, h := n.Shape[0], n.Shape[1], in[1].Shape()[0]
	for b := range batch {
		dhNext, dcNext := make([]float32, h), make([]float32, h)
		for t := steps - 1; t >= 0; t-- {
			row, dRow := trace[(b*steps+t)*6*h:], dz[(b*steps+t)*4*h:][:4*h]
			for j := range h {
				i, f, g, o, c := row[j], row[h+j], row[2*h+j], row[3*h+j], row[4*h+j]
				cPrev := float32(0)
				if t > 0 {
					cPrev = trace[(b*steps+t-1)*6*h+4*h+j]
				}
				d := dh[(b*steps+t)*h+j] + dhNext[j]
				y := fmath.Tanh(c)
				dc := dcNext[j] + float32(float32(d*o)*(1-float32(y*y)))
				dRow[j] = float32(float32(float32(dc*g)*i) * (1 - i))
				dRow[h+j] = float32(float32(float32(dc*cPrev)*f) * (1 - f))
				dRow[2*h+j] = float32(float32(dc*i) * (1 - float32(g*g)))
				dRow[3*h+j] = float32(float32(float32(d*y)*o) * (1 - o))
				dcNext[j] = float32(dc * f)
			}
			for j := range h {
				dhNext[j] = dotRow(dRow, u, j)
			}
		}
	}
}

// gru gives a trace [batch, time, 5·units] of z, r, candidate, a and h, where a is the product with the recurrent
// kernel plus its bias br [3·units] before the reset gate.
func gru(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	zx, u, br, trace := in[0].F(), in[1].F(), in[2].F(), out.F()
	batch, steps, h := n.Shape[0], n.Shape[1], in[1].Shape()[0]
	for b := range batch {
		hPrev := make([]float32, h)
		for t := range steps {
			x, row := zx[(b*steps+t)*3*h:], trace[(b*steps+t)*5*h:][:5*h]
			for j := range h {
				z := fmath.Sigmoid(x[j] + (dotColumn(hPrev, u, 3*h, j) + br[j]))
				r := fmath.Sigmoid(x[h+j] + (dotColumn(hPrev, u, 3*h, h+j) + br[h+j]))
				a := dotColumn(hPrev, u, 3*h, 2*h+j) + br[2*h+j]
				c := fmath.Tanh(x[2*h+j] + float32(r*a))
				row[j], row[h+j], row[2*h+j], row[3*h+j] = z, r, c, a
				row[4*h+j] = float32(z*hPrev[j]) + float32((1-z)*c)
			}
			hPrev = row[4*h:]
		}
	}
}

// gruGrad gives [batch, time, 4·units]: the gradients at z, r, the candidate, and a.
func gruGrad(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	trace, u, dh, dz := in[0].F(), in[1].F(), in[3].F(), out.F()
	batch, steps, h := n.Shape[0], n.Shape[1], in[1].Shape()[0]
	for b := range batch {
		dhNext := make([]float32, h)
		for t := steps - 1; t >= 0; t-- {
			row, dRow := trace[(b*steps+t)*5*h:], dz[(b*steps+t)*4*h:][:4*h]
			direct := make([]float32, h) // d·z, the part that does not pass through u
			for j := range h {
				z, r, c, a := row[j], row[h+j], row[2*h+j], row[3*h+j]
				hPrev := float32(0)
				if t > 0 {
					hPrev = trace[(b*steps+t-1)*5*h+4*h+j]
				}
				d := dh[(b*steps+t)*h+j] + dhNext[j]
				dn := float32(float32(d*(1-z)) * (1 - float32(c*c)))
				dRow[j] = float32(float32(float32(d*(hPrev-c))*z) * (1 - z))
				dRow[h+j] = float32(float32(float32(dn*a)*r) * (1 - r))
				dRow[2*h+j] = dn
				dRow[3*h+j] = float32(dn * r)
				direct[j] = float32(d * z)
			}
			through := append(append([]float32{}, dRow[:2*h]...), dRow[3*h:]...) // dz, dr, da
			for j := range h {
				dhNext[j] = direct[j] + dotRow(through, u, j)
			}
		}
	}
}
