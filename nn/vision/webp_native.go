//go:build !js

package vision

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/webp"

	"wafer/nn/say"
)

// firstWebP decodes a WebP file, an animated one as its first frame on the canvas, as browsers do.
func firstWebP(b []byte) (image.Image, error) {
	h, err := sniffWebP(b)
	if err != nil {
		return nil, err
	}
	if !h.animated {
		return webp.Decode(bytes.NewReader(b))
	}
	still, at, err := firstFrameOfWebP(b, h)
	if err != nil {
		return nil, err
	}
	frame, err := webp.Decode(bytes.NewReader(still))
	if err != nil {
		return nil, err
	}
	if canvas := image.Rect(0, 0, h.Width, h.Height); frame.Bounds() != canvas {
		return laid(inRGB(frame), at, canvas), nil
	}
	return frame, nil
}

// inRGB is a lossy frame in the colours that flatten gives it.
func inRGB(frame image.Image) image.Image {
	var colours *Image
	var clear *image.NYCbCrA
	switch p := frame.(type) {
	case *image.YCbCr:
		colours = fromYCbCr(p, "WebP")
	case *image.NYCbCrA:
		colours, clear = fromYCbCr(&p.YCbCr, "WebP"), p
	default:
		return frame
	}
	rgb := image.NewNRGBA(frame.Bounds())
	for i := range colours.Width * colours.Height {
		v := append(rgb.Pix[4*i:4*i], colours.Pix[3*i:3*i+3]...)
		if v = append(v, 0xff); clear != nil {
			v[3] = clear.A[i/colours.Width*clear.AStride+i%colours.Width]
		}
	}
	return rgb
}

// firstFrameOfWebP makes a still file of the first chunk ANMF of an animated one: x and y in units of 2 pixels, width −
// 1 and height − 1, all of 3 bytes, 4 bytes of duration and flags, then the chunks of a still picture (RFC 9649,
// 2.7.1.1). The chunks of the file are whole, as sniffWebP has seen.
func firstFrameOfWebP(b []byte, canvas Header) (still []byte, at image.Point, err error) {
	const head = 16
	for from := 12; len(b)-from >= 8; {
		n := int(binary.LittleEndian.Uint32(b[from+4:]))
		data := b[from+8:]
		if string(b[from:from+4]) != "ANMF" || n < head {
			from += 8 + n + n&1
			continue
		}
		at = image.Pt(2*uint24(data), 2*uint24(data[3:]))
		if w, h := 1+uint24(data[6:]), 1+uint24(data[9:]); at.X+w > canvas.Width || at.Y+h > canvas.Height {
			return nil, at, say.Errorf("expected a frame inside %d × %d pixels, found one of %d × %d at %d, %d",
				canvas.Width, canvas.Height, w, h, at.X, at.Y)
		}
		return stillWebP(data[6:12], data[head:n]), at, nil
	}
	return nil, at, say.Errorf("expected a frame, found none")
}

// stillWebP is a file of a picture's chunks; size is width − 1 and height − 1.
func stillWebP(size, chunks []byte) []byte {
	flags := byte(0)
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		flags = 0x10
	}
	body := append([]byte("WEBPVP8X\n\x00\x00\x00"), flags, 0, 0, 0)
	body = append(append(body, size...), chunks...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}
