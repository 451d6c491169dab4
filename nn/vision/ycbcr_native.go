//go:build !js

package vision

import "image"

// fromYCbCr makes RGB of luma and chroma as libjpeg and libwebp do, and so PIL and
// browsers: chroma of half the size is interpolated, not repeated.
func fromYCbCr(p *image.YCbCr, format string) *Image {
	size := p.Bounds().Size()
	m := New(size.X, size.Y, 3)
	convert := jfif
	if format == "WebP" {
		convert = bt601
	}
	cb, cr := make([]byte, size.X), make([]byte, size.X)
	for y := range size.Y {
		chroma(p, format, y, p.Cb, cb)
		chroma(p, format, y, p.Cr, cr)
		row, luma := m.Pix[3*y*size.X:][:3*size.X], p.Y[y*p.YStride:][:size.X]
		for x, l := range luma {
			row[3*x], row[3*x+1], row[3*x+2] = convert(int32(l), int32(cb[x]), int32(cr[x]))
		}
	}
	return m
}

// chroma fills row with one chroma value per pixel of line y.
func chroma(p *image.YCbCr, format string, y int, plane, row []byte) {
	width, height := (p.Rect.Dx()+1)/2, (p.Rect.Dy()+1)/2
	switch {
	case format == "WebP" && p.SubsampleRatio == image.YCbCrSubsampleRatio420:
		near, far := lines(plane, p.CStride, width, height, y)
		interpolate(row, near, far, webp420)
	case p.SubsampleRatio == image.YCbCrSubsampleRatio420 && width > 2:
		near, far := lines(plane, p.CStride, width, height, y)
		interpolate(row, near, far, jpeg420)
	case p.SubsampleRatio == image.YCbCrSubsampleRatio422 && width > 2:
		line := plane[y*p.CStride:][:width]
		interpolate(row, line, line, jpeg422)
	default:
		for x := range row {
			row[x] = plane[p.COffset(p.Rect.Min.X+x, p.Rect.Min.Y+y)]
		}
	}
}

// lines are the chroma line that pixels of line y lie in, and the next nearest.
func lines(plane []byte, stride, width, height, y int) (near, far []byte) {
	i := y / 2
	j := min(max(i-1+2*(y&1), 0), height-1)
	return plane[i*stride:][:width], plane[j*stride:][:width]
}

// kernel weighs the nearest chroma value a, its neighbour b in the same line, and c and
// d above or below them; odd is 1 for the right one of two pixels.
type kernel func(a, b, c, d, odd int32) int32

// The rounding of libjpeg's h2v2_fancy_upsample and h2v1_fancy_upsample (jdsample.c) and
// of libwebp's upsampling.c.
func jpeg420(a, b, c, d, odd int32) int32 { return (3*(3*a+c) + 3*b + d + 8 - odd) >> 4 }
func jpeg422(a, b, _, _, odd int32) int32 { return (3*a + b + 1 + odd) >> 2 }
func webp420(a, b, c, d, _ int32) int32   { return ((a+d+3*(b+c)+8)>>3 + a) >> 1 }

func interpolate(row, near, far []byte, k kernel) {
	for x := range row {
		i, odd := x/2, x&1
		j := min(max(i-1+2*odd, 0), len(near)-1)
		row[x] = byte(k(int32(near[i]), int32(near[j]), int32(far[i]), int32(far[j]), int32(odd)))
	}
}

// jfif is the conversion of libjpeg's jdcolor.c.
func jfif(y, cb, cr int32) (r, g, b byte) {
	cb, cr = cb-128, cr-128
	return bound(y + (91881*cr+1<<15)>>16), bound(y + (-22554*cb-46802*cr+1<<15)>>16), bound(y + (116130*cb+1<<15)>>16)
}

// bt601 is the conversion of libwebp's yuv.h: in WebP luma goes from 16 to 235, which
// package webp leaves to its caller.
func bt601(y, u, v int32) (r, g, b byte) {
	y = y * 19077 >> 8
	return bound((y + v*26149>>8 - 14234) >> 6), bound((y - u*6419>>8 - v*13320>>8 + 8708) >> 6), bound((y +
		u*33050>>8 - 17685) >> 6)
}

func bound(v int32) byte { return byte(min(max(v, 0), 255)) }
