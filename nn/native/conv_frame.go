package native

// frame is an image [h,w,c] laid out in zeros [tall,wide,c], so that every window lies
// inside: pixel (y, x) at row top+y·apart[0], column left+x·apart[1].
type frame struct {
	h, w, c    int
	tall, wide int
	top, left  int
	apart      [2]int
}

// forward is the image of a convolution with its padding.
func (g geometry) forward() frame {
	f := frame{h: g.h, w: g.w, c: g.ci, top: g.Pad[0], left: g.Pad[2], apart: [2]int{1, 1}}
	f.tall = (g.oh-1)*g.Stride[0] + (g.Kernel[0]-1)*g.Dilation[0] + 1
	f.wide = (g.ow-1)*g.Stride[1] + (g.Kernel[1]-1)*g.Dilation[1] + 1
	if g.Pad == [4]int{} {
		f.tall, f.wide = g.h, g.w
	}
	return f
}

// forwardScene is how the rows of the result see images x.
func (g geometry) forwardScene(x []float32) scene {
	return scene{g.forward(), x, g.oh, g.ow, g.Stride[0], (g.Kernel[0]-1)*g.Dilation[0] + 1}
}

// backwardScene is how the rows of dx see dy.
func (g geometry) backwardScene(dy []float32) scene {
	return scene{g.backward(), dy, g.h, g.w, 1, (g.Kernel[0]-1)*g.Dilation[0] + 1}
}

// backward is dy laid out so that the taps of the window at (ky, kx) met position
// (y, x) of the image at row y+(kh-1-ky)·dilation and column x+(kw-1-kx)·dilation.
func (g geometry) backward() frame {
	reach := [2]int{(g.Kernel[0] - 1) * g.Dilation[0], (g.Kernel[1] - 1) * g.Dilation[1]}
	return frame{
		h: g.oh, w: g.ow, c: g.co, tall: g.h + reach[0], wide: g.w + reach[1],
		top: reach[0] - g.Pad[0], left: reach[1] - g.Pad[2], apart: g.Stride,
	}
}

func (f frame) size() int { return f.tall * f.wide * f.c }

// frameMemory is how many elements are laid out at a time: half of the second-level cache.
// frameRows is how many rows a product should have, since it packs the kernel anew. They are
// variables for tests.
var (
	frameMemory = 1 << 16
	frameRows   = 512
)

// scene is how the rows of a result see frames: an image has tall of them, of wide
// positions; row y sees reach lines from y·stride on.
type scene struct {
	frame
	images        []float32
	tall, wide    int
	stride, reach int
}

// lay lays out what rows lo ≤ u < end of the results of all images see, and says where that
// end, at most hi, is. In data, image after image, row base is the first. Whole images are
// laid out while they are small, else lines of one.
func (w *workspace) lay(v scene, lo, hi int) (data []float32, base, end int) {
	n, y := lo/v.tall, lo%v.tall
	if group := max(frameMemory/max(v.size(), 1), frameRows/max(v.tall*v.wide, 1)); group > 0 || v.own() {
		end = min((n+max(group, 1))*v.tall, hi)
		return w.frames(v.frame, v.images, n, (end+v.tall-1)/v.tall, 0, v.frame.tall), n * v.tall, end
	}
	rows := max((frameMemory/(v.frame.wide*v.c)-v.reach)/v.stride+1, 1)
	end = min(lo+rows, (n+1)*v.tall, hi)
	return w.frames(v.frame, v.images, n, n+1, y*v.stride, (y+end-lo-1)*v.stride+v.reach), lo, end
}

// at is where row u of the results begins to see.
func (v scene) at(u int) int {
	return u/v.tall*v.size() + u%v.tall*v.stride*v.frame.wide*v.c
}

// own says that an image is its own frame.
func (f frame) own() bool {
	return f.tall == f.h && f.wide == f.w && f.top == 0 && f.left == 0 && f.apart == [2]int{1, 1}
}

// frames lays lines from ≤ r < to of images n0 ≤ n < n1 out in w.image; where the image is its
// own frame, nothing is copied.
func (w *workspace) frames(f frame, images []float32, n0, n1, from, to int) []float32 {
	images = images[n0*f.h*f.w*f.c : n1*f.h*f.w*f.c]
	if f.own() {
		return images
	}
	line, row := f.wide*f.c, f.w*f.c
	w.image = grown(w.image, (n1-n0)*(to-from)*line)
	rest := w.image
	for i := range n1 - n0 {
		image := images[i*f.h*row:]
		for r := from; r < to; r++ {
			if y := r - f.top; y >= 0 && y%f.apart[0] == 0 && y/f.apart[0] < f.h {
				f.copyRow(rest[:line], image[y/f.apart[0]*row:(y/f.apart[0]+1)*row])
			} else {
				clear(rest[:line])
			}
			rest = rest[line:]
		}
	}
	return w.image
}

// copyRow lays one row of the image out; what lies outside the frame is left out.
func (f frame) copyRow(dst, src []float32) {
	if f.apart[1] == 1 {
		if f.left < 0 {
			src = src[min(-f.left*f.c, len(src)):]
		}
		before := min(max(f.left, 0)*f.c, len(dst))
		clear(dst[:before])
		n := copy(dst[before:], src)
		clear(dst[before+n:])
		return
	}
	clear(dst)
	for x := range f.w {
		if at := f.left + x*f.apart[1]; at >= 0 && at < f.wide {
			copy(dst[at*f.c:(at+1)*f.c], src[x*f.c:])
		}
	}
}
