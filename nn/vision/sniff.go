package vision

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"wafer/nn/say"
)

// The largest pictures that are decoded.
const (
	MaxSide   = 16384      // pixels
	MaxPixels = 50_000_000 // width × height
	MaxBytes  = 256 << 20  // of a file
)

// Header is what the first bytes of a picture file say.
type Header struct {
	Format        string // "JPEG", "PNG", "GIF", "WebP"
	Width, Height int    // as stored: before Orientation is applied
	Orientation   int    // EXIF's, 1…8; 1 is upright
	animated      bool   // a WebP of several frames
}

// Upright are width and height once the picture is turned upright.
func (h Header) Upright() (width, height int) {
	if h.Orientation >= 5 {
		return h.Height, h.Width
	}
	return h.Width, h.Height
}

// Sniff reads the header of a picture file without decoding it. It refuses, in a sentence
// that says what was expected and what was found: files that are no picture, formats
// that are not read, files cut short, and pictures larger than MaxSide or MaxPixels.
func Sniff(file []byte) (Header, error) {
	h, err := sniff(file)
	if err != nil {
		return Header{}, err
	}
	if h.Orientation < 1 || h.Orientation > 8 {
		h.Orientation = 1
	}
	return h, checkSize("this "+h.Format+" picture", h.Width, h.Height)
}

func sniff(file []byte) (Header, error) {
	switch {
	case len(file) == 0:
		return Header{}, say.Errorf("this is not a picture: expected %s, found an empty file", formats)
	case len(file) > MaxBytes:
		return Header{}, say.Errorf("this file is too large: expected at most %d MB, found %d MB", MaxBytes>>20,
			len(file)>>20)
	case bytes.HasPrefix(file, []byte{0xff, 0xd8, 0xff}):
		return sniffJPEG(file)
	case bytes.HasPrefix(file, []byte(pngMagic)):
		return sniffPNG(file)
	case bytes.HasPrefix(file, []byte("GIF87a")), bytes.HasPrefix(file, []byte("GIF89a")):
		return sniffGIF(file)
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		return sniffWebP(file)
	}
	return Header{}, say.Errorf("this is not a picture that can be read: expected %s, found %s", formats,
		describe(file))
}

const (
	formats  = "JPEG, PNG, GIF or WebP"
	pngMagic = "\x89PNG\r\n\x1a\n"
)

func checkSize(what string, width, height int) error {
	switch {
	case width < 1 || height < 1:
		return say.Errorf("%s has no pixels: expected at least 1 × 1, found %d × %d", what, width, height)
	case width > MaxSide || height > MaxSide:
		return say.Errorf("%s is too large: expected sides of at most %d pixels, found %d × %d", what, MaxSide, width,
			height)
	case width*height > MaxPixels:
		return say.Errorf("%s is too large: expected at most %d million pixels, found %d × %d = %.0f million", what,
			MaxPixels/1_000_000, width, height, float64(width)*float64(height)/1e6)
	}
	return nil
}

// magics name what people drop in place of a picture.
var magics = [...]struct {
	at         int
	magic, say string
}{
	{0, "BM", "a BMP picture"}, {0, "II*\x00", "a TIFF picture"}, {0, "MM\x00*", "a TIFF picture"},
	{4, "ftypavif", "an AVIF picture"}, {4, "ftypheic", "a HEIC picture"}, {4, "ftypheix", "a HEIC picture"}, {4,
		"ftypmif1", "a HEIF picture"},
	{4, "ftyp", "an MP4 film"}, {0, "\x00\x00\x01\x00", "an icon file"}, {0, "%PDF", "a PDF document"},
	{0, "PK\x03\x04", "a zip archive"},
	{0, "\x1f\x8b", "a gzip file"}, {0, "\xff\x0a", "a JPEG XL picture"}, {0, "8BPS", "a Photoshop file"}, {0, "RIFF",
		"a sound or film file (RIFF)"},
	{0, "\x7fELF", "a program"}, {0, "MZ", "a program"}, {0, "\x89WAFER", "a Wafer model"},
}

// describe says what a file that is no picture seems to be.
func describe(file []byte) string {
	for _, m := range magics {
		if len(file) >= m.at && bytes.HasPrefix(file[m.at:], []byte(m.magic)) && (len(m.magic) > 2 || !readable(file)) {
			return m.say
		}
	}
	if readable(file) {
		text := []rune(strings.Join(strings.Fields(string(head(file))), " "))
		if len(text) > 24 {
			text = append(text[:24:24], '…')
		}
		return fmt.Sprintf("a text that begins with «%s»", string(text))
	}
	return fmt.Sprintf("bytes that begin with % x", file[:min(8, len(file))])
}

// head is the start of a file, cut so that no character is divided.
func head(file []byte) []byte {
	b := file[:min(256, len(file))]
	for i := 0; i < 3 && len(b) > 0 && len(b) < len(file) && !utf8.Valid(b); i++ {
		b = b[:len(b)-1]
	}
	return b
}

func readable(file []byte) bool {
	b := head(file)
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(b)
}

func cutShort(format, detail string) error {
	return say.Errorf("this %s picture is cut short: %s", format, detail)
}

func sniffPNG(file []byte) (Header, error) {
	h := Header{Format: "PNG"}
	for at := len(pngMagic); ; {
		if len(file)-at < 12 {
			return h, cutShort(h.Format, fmt.Sprintf("expected the chunk IEND at its end, "+
				"found the end of the file after %d bytes", len(file)))
		}
		n, kind, data := int(binary.BigEndian.Uint32(file[at:])), string(file[at+4:at+8]), file[at+8:]
		if n > len(data)-4 {
			return h, cutShort(h.Format, fmt.Sprintf("expected %d bytes in the chunk %q, found %d", n, kind, len(data)))
		}
		switch {
		case at == len(pngMagic) && (kind != "IHDR" || n < 13):
			return h, say.Errorf("this PNG picture is damaged: expected the chunk IHDR first, found %q", kind)
		case kind == "IHDR":
			h.Width, h.Height = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
			if err := checkSize("this PNG picture", h.Width, h.Height); err != nil {
				return h, err
			}
		case kind == "eXIf":
			h.Orientation = exifOrientation(data[:n])
		case kind == "IEND":
			return h, nil
		}
		at += 12 + n
	}
}

// sniffWebP reads RIFF chunks: VP8 (lossy), VP8L (lossless), VP8X (extended).
func sniffWebP(file []byte) (Header, error) {
	h := Header{Format: "WebP"}
	if n := int64(binary.LittleEndian.Uint32(file[4:])) + 8; n > int64(len(file)) {
		return h, cutShort(h.Format, fmt.Sprintf("expected %d bytes, found %d", n, len(file)))
	}
	for at := 12; len(file)-at >= 8; {
		kind, n, data := string(file[at:at+4]), int(binary.LittleEndian.Uint32(file[at+4:])), file[at+8:]
		if n > len(data) {
			return h, cutShort(h.Format, fmt.Sprintf("expected %d bytes in the chunk %q, found %d", n, kind, len(data)))
		}
		switch {
		case kind == "VP8X" && n >= 10:
			h.Width, h.Height, h.animated = 1+uint24(data[4:]), 1+uint24(data[7:]), data[0]&2 != 0
		case kind == "VP8L" && n >= 5 && h.Width == 0:
			bits := binary.LittleEndian.Uint32(data[1:])
			h.Width, h.Height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
		case kind == "VP8 " && n >= 10 && h.Width == 0:
			h.Width, h.Height = int(binary.LittleEndian.Uint16(data[6:])&0x3fff),
				int(binary.LittleEndian.Uint16(data[8:])&0x3fff)
		case kind == "EXIF":
			h.Orientation = exifOrientation(bytes.TrimPrefix(data[:n], []byte("Exif\x00\x00")))
		}
		at += 8 + n + n&1
	}
	if h.Width == 0 {
		return h, say.Errorf("this WebP picture is damaged: expected a chunk VP8, VP8L or VP8X, found none")
	}
	return h, nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
