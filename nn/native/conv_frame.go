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

// group is how many images are laid out at a time: as many as the second-level
// cache holds beside the panels.
func (f frame) group() int { return max(1<<16/max(f.size(), 1), 1) }

// frames lays images n0 ≤ n < n1 out in w.image; where the image is its own frame,
// nothing is copied.
func (w *workspace) frames(f frame, images []float32, n0, n1 int) []float32 {
	images = images[n0*f.h*f.w*f.c : n1*f.h*f.w*f.c]
	if f.tall == f.h && f.wide == f.w && f.top == 0 && f.left == 0 && f.apart == [2]int{1, 1} {
		return images
	}
	w.image = grown(w.image, (n1-n0)*f.size())
	line, row := f.wide*f.c, f.w*f.c
	for i := range n1 - n0 {
		to, from := w.image[i*f.size():], images[i*f.h*row:]
		for r := range f.tall {
			if y := r - f.top; y >= 0 && y%f.apart[0] == 0 && y/f.apart[0] < f.h {
				f.copyRow(to[r*line:(r+1)*line], from[y/f.apart[0]*row:(y/f.apart[0]+1)*row])
			} else {
				clear(to[r*line : (r+1)*line])
			}
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
