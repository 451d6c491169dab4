//go:build !js

package vision

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"wafer/nn/say"
)

// Decode reads a JPEG, PNG, GIF or WebP file, of several frames the first, and turns it upright by
// its EXIF orientation. Transparent pixels are laid on the background; 16-bit samples
// are cut to 8. The picture has one channel if the file is a grey one, else three. Errors
// are those of Sniff, or say that the content is damaged.
func Decode(file []byte, under Background) (*Image, error) {
	h, err := Sniff(file)
	if err != nil {
		return nil, err
	}
	decoded, err := decoders[h.Format](file)
	if err != nil {
		return nil, say.Errorf("this %s picture of %d × %d pixels is damaged or cut short: %w", h.Format, h.Width,
			h.Height, err)
	}
	if b := decoded.Bounds(); b.Dx() != h.Width || b.Dy() != h.Height {
		return nil, say.Errorf("this %s picture is damaged: expected %d × %d pixels as its header says, found %d × %d",
			h.Format, h.Width, h.Height, b.Dx(), b.Dy())
	}
	return flatten(decoded, h.Format, under).turn(h.Orientation), nil
}

var decoders = map[string]func([]byte) (image.Image, error){
	"JPEG": func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
	"PNG":  func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
	"WebP": firstWebP,
	"GIF":  firstFrame,
}

// firstFrame lays the first frame of a GIF, which may be smaller, on the whole canvas.
func firstFrame(b []byte) (image.Image, error) {
	config, err := gif.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	frame, err := gif.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return laid(frame, image.Point{}, image.Rect(0, 0, config.Width, config.Height)), nil
}

// laid is a frame on a clear canvas, moved by at.
func laid(frame image.Image, at image.Point, canvas image.Rectangle) image.Image {
	if at == (image.Point{}) && frame.Bounds() == canvas {
		return frame
	}
	whole := image.NewNRGBA(canvas)
	area := frame.Bounds().Add(at).Intersect(canvas)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			whole.Set(x, y, frame.At(x-at.X, y-at.Y))
		}
	}
	return whole
}

// flatten makes a picture of any decoded one.
func flatten(from image.Image, format string, under Background) *Image {
	size := from.Bounds().Size()
	switch p := from.(type) {
	case *image.Gray:
		m := New(size.X, size.Y, 1)
		for y := range size.Y {
			copy(m.Pix[y*size.X:][:size.X], p.Pix[y*p.Stride:])
		}
		return m
	case *image.Gray16:
		m := New(size.X, size.Y, 1)
		for i := range m.Pix {
			m.Pix[i] = p.Pix[i/size.X*p.Stride+i%size.X*2]
		}
		return m
	case *image.YCbCr:
		return fromYCbCr(p, format)
	case *image.NYCbCrA:
		m := fromYCbCr(&p.YCbCr, format)
		for i := range size.X * size.Y {
			v := m.Pix[3*i : 3*i+3]
			under.lay(v, v[0], v[1], v[2], p.A[i/size.X*p.AStride+i%size.X])
		}
		return m
	}
	m := New(size.X, size.Y, 3)
	at := pixels(from)
	for i := range size.X * size.Y {
		c := at(i%size.X, i/size.X)
		under.lay(m.Pix[3*i:3*i+3:3*i+3], c.R, c.G, c.B, c.A)
	}
	return m
}

// pixels reads a picture pixel by pixel; the forms that PNG and GIF have are read fast.
func pixels(from image.Image) func(x, y int) color.NRGBA {
	straight := func(pix []byte, stride int) func(x, y int) color.NRGBA {
		return func(x, y int) color.NRGBA {
			p := pix[y*stride+4*x:][:4]
			return color.NRGBA{p[0], p[1], p[2], p[3]}
		}
	}
	nrgba := func(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }
	switch p := from.(type) {
	case *image.NRGBA:
		return straight(p.Pix, p.Stride)
	case *image.RGBA:
		if p.Opaque() {
			return straight(p.Pix, p.Stride)
		}
	case *image.Paletted:
		var palette [256]color.NRGBA // an index beyond the palette is transparent black
		for i, c := range p.Palette {
			palette[i] = nrgba(c)
		}
		return func(x, y int) color.NRGBA { return palette[p.Pix[y*p.Stride+x]] }
	}
	min := from.Bounds().Min
	return func(x, y int) color.NRGBA { return nrgba(from.At(min.X+x, min.Y+y)) }
}
