package native

import "wafer/nn/plan"

// forwardScene is how the rows of the result see images x.
func forwardScene(g plan.Conv, x []float32) scene {
	return scene{g.Forward(), x, g.OH, g.OW, g.Stride[0], g.Reach(0)}
}

// backwardScene is how the rows of dx see dy.
func backwardScene(g plan.Conv, dy []float32) scene {
	return scene{g.Backward(), dy, g.H, g.W, 1, g.Reach(0)}
}

// frameMemory and frameRows are the plan's; they are variables for tests.
var (
	frameMemory = plan.FrameElements
	frameRows   = plan.FrameRows
)

// scene is how the rows of a result see frames: an image has tall of them, of wide
// positions; row y sees reach lines from y·stride on.
type scene struct {
	plan.Frame
	images        []float32
	tall, wide    int
	stride, reach int
}

// lay lays out what rows lo ≤ u < end of the results of all images see, and says where that
// end, at most hi, is. In data, image after image, row base is the first. Whole images are
// laid out while they are small, else lines of one. The next call lays its frames over these.
func (w *workspace) lay(v scene, lo, hi int) (data []float32, base, end int) {
	if w.laid < 0 {
		w.laid = w.used
	}
	w.used = w.laid
	n, y := lo/v.tall, lo%v.tall
	if group := max(frameMemory/max(v.Size(), 1), frameRows/max(v.tall*v.wide, 1)); group > 0 || v.Own() {
		end = min((n+max(group, 1))*v.tall, hi)
		return w.frames(v.Frame, v.images, n, (end+v.tall-1)/v.tall, 0, v.Frame.Tall), n * v.tall, end
	}
	rows := max((frameMemory/(v.Frame.Wide*v.C)-v.reach)/v.stride+1, 1)
	end = min(lo+rows, (n+1)*v.tall, hi)
	return w.frames(v.Frame, v.images, n, n+1, y*v.stride, (y+end-lo-1)*v.stride+v.reach), lo, end
}

// at is where row u of the results begins to see.
func (v scene) at(u int) int {
	return u/v.tall*v.Size() + u%v.tall*v.stride*v.Frame.Wide*v.C
}

// frames lays lines from ≤ r < to of images n0 ≤ n < n1 out; where the image is its own frame,
// nothing is copied.
func (w *workspace) frames(f plan.Frame, images []float32, n0, n1, from, to int) []float32 {
	images = images[n0*f.H*f.W*f.C : n1*f.H*f.W*f.C]
	if f.Own() {
		return images
	}
	line, row := f.Wide*f.C, f.W*f.C
	data := w.take((n1 - n0) * (to - from) * line)
	rest := data
	for i := range n1 - n0 {
		image := images[i*f.H*row:]
		for r := from; r < to; r++ {
			if y := r - f.Top; y >= 0 && y%f.Apart[0] == 0 && y/f.Apart[0] < f.H {
				copyRow(f, rest[:line], image[y/f.Apart[0]*row:(y/f.Apart[0]+1)*row])
			} else {
				clear(rest[:line])
			}
			rest = rest[line:]
		}
	}
	return data
}

// copyRow lays one row of the image out; what lies outside the frame is left out.
func copyRow(f plan.Frame, dst, src []float32) {
	if f.Apart[1] == 1 {
		if f.Left < 0 {
			src = src[min(-f.Left*f.C, len(src)):]
		}
		before := min(max(f.Left, 0)*f.C, len(dst))
		clear(dst[:before])
		n := copy(dst[before:], src)
		clear(dst[before+n:])
		return
	}
	clear(dst)
	for x := range f.W {
		if at := f.Left + x*f.Apart[1]; at >= 0 && at < f.Wide {
			copy(dst[at*f.C:(at+1)*f.C], src[x*f.C:])
		}
	}
}
