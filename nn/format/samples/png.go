package samples

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"

	"wafer/nn/task"
)

// PNG pictures of 8-bit RGB or RGBA without compression, no more (RFC 2083, RFC 1950, RFC 1951
// stored blocks): the browser's build holds no image/png. Any program can look at them.

const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	pngRGB    = 2
	pngRGBA   = 6
	zlibMagic = "\x78\x01"
	maxStored = 1<<16 - 1 // bytes of a stored block
)

// encodePNG writes RGB, or RGBA where something is transparent.
func encodePNG(p *task.Pixels) []byte {
	channels, colour := 3, byte(pngRGB)
	for i := 3; i < len(p.RGBA); i += 4 {
		if p.RGBA[i] != 255 {
			channels, colour = 4, pngRGBA
			break
		}
	}
	rows := make([]byte, 0, p.Height*(1+channels*p.Width))
	for y := range p.Height {
		rows = append(rows, 0) // filter: none
		for x := range p.Width {
			rows = append(rows, p.RGBA[4*(y*p.Width+x):][:channels]...)
		}
	}
	be := binary.BigEndian
	header := be.AppendUint32(be.AppendUint32(nil, uint32(p.Width)), uint32(p.Height))
	header = append(header, 8, colour, 0, 0, 0)
	file := appendChunk([]byte(pngMagic), "IHDR", header)
	file = appendChunk(file, "IDAT", store(rows))
	return appendChunk(file, "IEND", nil)
}

func appendChunk(file []byte, kind string, data []byte) []byte {
	at := len(file) + 4
	file = append(append(binary.BigEndian.AppendUint32(file, uint32(len(data))), kind...), data...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[at:]))
}

// store wraps bytes as zlib does, in stored blocks.
func store(b []byte) []byte {
	out := append(make([]byte, 0, len(b)+5*(1+len(b)/maxStored)+6), zlibMagic...)
	sum := adler32.Checksum(b)
	for {
		n := min(len(b), maxStored)
		out = append(out, bit(n == len(b)))
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
		out = append(out, b[:n]...)
		if b = b[n:]; len(b) == 0 {
			return binary.BigEndian.AppendUint32(out, sum)
		}
	}
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

var errNotPNG = errors.New("expected a PNG picture made by Wafer")

// decodePNG reads what encodePNG wrote.
func decodePNG(file []byte) (*task.Pixels, error) {
	const head = len(pngMagic) + 8 // the start of the header's content
	if len(file) < head+13 {
		return nil, fmt.Errorf("%w, found %d bytes", errNotPNG, len(file))
	}
	be := binary.BigEndian
	width, height, colour := int64(be.Uint32(file[head:])), int64(be.Uint32(file[head+4:])), file[head+9]
	channels := int64(colour/2 + 1 + bit(colour == pngRGB)) // 2: 3, 6: 4
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide || colour != pngRGB && colour != pngRGBA {
		return nil, fmt.Errorf("%w of at most %d pixels a side, found %d × %d of type %d", errNotPNG, maxSide, width,
			height, colour)
	}
	if want := height * (1 + channels*width); int64(len(file)) < want {
		return nil, fmt.Errorf("%w: its %d × %d pixels take %d bytes, but the file has %d", errNotPNG, width, height,
			want, len(file))
	}
	p := &task.Pixels{Width: int(width), Height: int(height), RGBA: make([]byte, 4*width*height)}
	rows := unstore(file[head+13+4:])
	if int64(len(rows)) != height*(1+channels*width) {
		return nil, fmt.Errorf("%w: its %d × %d pixels should take %d bytes, found %d", errNotPNG, width, height,
			height*(1+channels*width), len(rows))
	}
	for i := range p.Width * p.Height {
		from := i*int(channels) + i/p.Width + 1
		p.RGBA[4*i+3] = 255
		copy(p.RGBA[4*i:][:4], rows[from:from+int(channels)])
	}
	if again := encodePNG(p); string(again) != string(file) {
		return nil, fmt.Errorf("%w: it is damaged", errNotPNG)
	}
	return p, nil
}

// unstore takes the bytes out of the chunk with the pixels, as far as they are there. What it does not look
// at, decodePNG compares.
func unstore(chunk []byte) []byte {
	if len(chunk) < 8+len(zlibMagic) {
		return nil
	}
	var rows []byte
	for b := chunk[8+len(zlibMagic):]; len(b) >= 5; {
		n := int(binary.LittleEndian.Uint16(b[1:]))
		if len(b) < 5+n {
			return nil
		}
		rows = append(rows, b[5:5+n]...)
		if b[0] == 1 {
			return rows
		}
		b = b[5+n:]
	}
	return nil
}
