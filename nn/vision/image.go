// Package vision turns picture files into tensors: it looks at the header, decodes,
// turns upright, resizes as PIL does, normalises and augments.
//
// In the browser the browser decodes: call Sniff, let it decode, then FromRGBA.
package vision

import (
	"wafer/nn/say"
)

// Image is an upright picture of 8-bit samples, row by row: one (grey) or three (RGB)
// bytes for each pixel.
type Image struct {
	Width, Height, Channels int
	Pix                     []byte // Channels·Width·Height bytes
}

// New returns a black picture.
func New(width, height, channels int) *Image {
	return &Image{width, height, channels, make([]byte, width*height*channels)}
}

// Background is what shows through transparent pixels and fills the border in mode Fit.
type Background byte

const (
	White Background = 0 // for pictures: the paper that they lie on
	Black Background = 1 // for drawings in white on black
)

func (b Background) level() int {
	if b == Black {
		return 0
	}
	return 255
}

// FromGrey makes a grey picture that shares its levels, width·height of them.
func FromGrey(width, height int, levels []byte) (*Image, error) {
	if err := checkSize("a picture", width, height); err != nil {
		return nil, err
	}
	if len(levels) != width*height {
		return nil, say.Errorf("pixels: expected %d bytes for %d × %d grey pixels, found %d", width*height, width,
			height, len(levels))
	}
	return &Image{Width: width, Height: height, Channels: 1, Pix: levels}, nil
}

// FromRGBA makes an RGB picture of upright, not premultiplied RGBA bytes, 4·width·height of
// them, as a canvas gives them. Transparent pixels are laid on the background.
func FromRGBA(width, height int, rgba []byte, under Background) (*Image, error) {
	if err := checkSize("a picture", width, height); err != nil {
		return nil, err
	}
	if len(rgba) != 4*width*height {
		return nil, say.Errorf("pixels: expected %d bytes for %d × %d pixels in RGBA, found %d", 4*width*height, width,
			height, len(rgba))
	}
	m := New(width, height, 3)
	for i := 0; i < width*height; i++ {
		p := rgba[4*i : 4*i+4 : 4*i+4]
		under.lay(m.Pix[3*i:3*i+3:3*i+3], p[0], p[1], p[2], p[3])
	}
	return m, nil
}

// lay writes one pixel of the given opacity over the background, rounded to nearest.
func (b Background) lay(to []byte, red, green, blue, alpha byte) {
	if alpha == 255 {
		to[0], to[1], to[2] = red, green, blue
		return
	}
	a, rest := int(alpha), (255-int(alpha))*b.level()
	to[0] = byte((int(red)*a + rest + 127) / 255)
	to[1] = byte((int(green)*a + rest + 127) / 255)
	to[2] = byte((int(blue)*a + rest + 127) / 255)
}

// Convert returns the picture with 1 or 3 channels; the picture itself if it has them
// already. Grey is PIL's mode L: 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point.
func (m *Image) Convert(channels int) *Image {
	if m.Channels == channels {
		return m
	}
	to := New(m.Width, m.Height, channels)
	for i := range m.Width * m.Height {
		if channels == 3 {
			v := m.Pix[i]
			to.Pix[3*i], to.Pix[3*i+1], to.Pix[3*i+2] = v, v, v
		} else {
			p := m.Pix[3*i : 3*i+3 : 3*i+3]
			to.Pix[i] = byte((uint32(p[0])*19595 + uint32(p[1])*38470 + uint32(p[2])*7471 + 0x8000) >> 16)
		}
	}
	return to
}

// Crop copies the rectangle of the given size whose upper left corner is (x, y).
func (m *Image) Crop(x, y, width, height int) *Image {
	to := New(width, height, m.Channels)
	row := width * m.Channels
	for r := range height {
		copy(to.Pix[r*row:][:row], m.Pix[((y+r)*m.Width+x)*m.Channels:])
	}
	return to
}

// turn applies an EXIF orientation, 1…8, so that the picture is upright.
func (m *Image) turn(orientation int) *Image {
	if orientation < 2 || orientation > 8 {
		return m
	}
	transposed := orientation >= 5
	// Flips of the stored picture, before its axes are exchanged.
	right := orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
	down := orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
	to := New(m.Width, m.Height, m.Channels)
	if transposed {
		to.Width, to.Height = m.Height, m.Width
	}
	c := m.Channels
	for y := range to.Height {
		for x := range to.Width {
			sx, sy := x, y
			if transposed {
				sx, sy = y, x
			}
			if right {
				sx = m.Width - 1 - sx
			}
			if down {
				sy = m.Height - 1 - sy
			}
			copy(to.Pix[(y*to.Width+x)*c:][:c], m.Pix[(sy*m.Width+sx)*c:])
		}
	}
	return to
}
