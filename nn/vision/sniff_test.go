package vision

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

// pngHeader is a PNG that claims a size and has no pixels.
func pngHeader(width, height uint32) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	file := append([]byte(pngMagic), 0, 0, 0, 13)
	file = binary.BigEndian.AppendUint32(append(file, chunk...), crc32.ChecksumIEEE(chunk))
	return append(file, "\x00\x00\x00\x00IEND\xaeB`\x82"...)
}

func TestSniffSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "expected JPEG, PNG, GIF or WebP, found an empty file"},
		{"a text", "Hello, this is certainly not a JPEG file",
			"found a text that begins with «Hello, this is certainly…»"},
		{"a text in Chinese", strings.Repeat("你好", 100), "«你好你好"},
		{"a page", "<!doctype html>\n<html>", "«<!doctype html> <html>»"},
		{"a text like BMP", "BMW and other cars", "«BMW and other cars»"},
		{"BMP", "BM\x00\x01\x02\x03", "found a BMP picture"},
		{"PDF", "%PDF-1.7 ...", "found a PDF document"},
		{"HEIC", "\x00\x00\x00\x18ftypheic", "found a HEIC picture"},
		{"bytes", "\x00\x01\x02\x03\x04", "found bytes that begin with 00 01 02 03 04"},
		{"huge PNG", string(pngHeader(20000, 20000)), "expected sides of at most 16384 pixels, found 20000 × 20000"},
		{"many pixels", string(pngHeader(16000, 16000)),
			"expected at most 50 million pixels, found 16000 × 16000 = 256 million"},
		{"largest number", string(pngHeader(1<<32-1, 1<<32-1)), "found 4294967295 × 4294967295"},
		{"no pixels", string(pngHeader(0, 7)), "found 0 × 7"},
		{"PNG without an end", string(pngHeader(2, 2)[:33]), "cut short: expected the chunk IEND"},
		{"PNG with a long chunk", pngMagic + "\xff\xff\xff\xffIHDR", "cut short"},
		{"PNG with another chunk first", pngMagic + "\x00\x00\x00\x00IEND\xaeB`\x82", `found "IEND"`},
		{"JPEG without anything", "\xff\xd8\xff", "cut short"},
		{"JPEG end at once", "\xff\xd8\xff\xd9\xff\xd9", "found its end mark"},
		{"JPEG scan without size", "\xff\xd8\xff\xda\x00\x02\xff\xd9", "expected its size before the scan"},
		{"JPEG lossless", "\xff\xd8\xff\xc3\x00\x08\x08\x00\x10\x00\x10\x01", "SOF3"},
		{"JPEG garbage", "\xff\xd8\xff\xe0\x00\x02hello", "expected a marker at byte 6, found 0x68"},
		{"GIF header only", "GIF89a\x01\x00\x01\x00\x00\x00\x00", "expected a whole frame"},
		{"GIF without frame", "GIF89a\x01\x00\x01\x00\x00\x00\x00;", "has no frame"},
		{"GIF too large", "GIF89a\xff\xff\xff\xff\x00\x00\x00;", "found 65535 × 65535"},
		{"WebP cut", "RIFF\x00\x10\x00\x00WEBPVP8 ", "expected 4104 bytes, found 16"},
		{"WebP without picture", "RIFF\x04\x00\x00\x00WEBP", "expected a chunk VP8"},
	} {
		if _, err := Sniff([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected an error with %q", c.name, err, c.want)
		}
	}
}

func TestSniffReadsAPNGHeader(t *testing.T) {
	h, err := Sniff(pngHeader(640, 480))
	if err != nil || h != (Header{Format: "PNG", Width: 640, Height: 480, Orientation: 1}) {
		t.Errorf("Sniff gives %+v (%v), expected PNG 640 × 480, upright", h, err)
	}
}

func TestExifOrientationSurvivesDamage(t *testing.T) {
	good := "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"
	if got := exifOrientation([]byte(good)); got != 6 {
		t.Fatalf("orientation %d, expected 6", got)
	}
	for n := range good {
		if n < len(good)-2 {
			if got := exifOrientation([]byte(good[:n])); got != 1 {
				t.Errorf("the first %d bytes give orientation %d, expected 1", n, got)
			}
		}
	}
	for name, tiff := range map[string]string{
		"value 9":         strings.Replace(good, "\x06\x00\x00\x00", "\x09\x00\x00\x00", 1),
		"far directory":   "II*\x00\xff\xff\xff\xff" + good[8:],
		"many entries":    "MM\x00*\x00\x00\x00\x08\xff\xff\x01\x13",
		"not a structure": "hello world, this is long enough",
	} {
		if got := exifOrientation([]byte(tiff)); got != 1 {
			t.Errorf("%s gives orientation %d, expected 1", name, got)
		}
	}
}

func TestFromRGBA(t *testing.T) {
	rgba := []byte{10, 20, 30, 255, 10, 20, 30, 0, 100, 100, 100, 128}
	for under, want := range map[Background][]byte{
		White: {10, 20, 30, 255, 255, 255, 177, 177, 177},
		Black: {10, 20, 30, 0, 0, 0, 50, 50, 50},
	} {
		m, err := FromRGBA(3, 1, rgba, under)
		if err != nil || string(m.Pix) != string(want) {
			t.Errorf("background %d: %v (%v), expected %v", under, m, err, want)
		}
	}
	for _, c := range []struct {
		width, height int
		want          string
	}{{3, 2, "expected 24 bytes"}, {0, 5, "has no pixels"}, {-1, -12, "has no pixels"},
		{1 << 20, 1 << 20, "too large"}} {
		if _, err := FromRGBA(c.width, c.height, rgba, White); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d × %d: %v, expected an error with %q", c.width, c.height, err, c.want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add(pngHeader(3, 4))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00" +
		",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x08Exif\x00\x00" +
		"\xff\xc0\x00\x08\x08\x00\x10\x00\x10\x01\xff\xda\x00\x02\xff\xd9"))
	f.Add([]byte("RIFF\x16\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00/\x04\xc0\x01\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("plain text"))
	f.Fuzz(func(t *testing.T, file []byte) {
		h, err := Sniff(file)
		if err != nil {
			return
		}
		if h.Width < 1 || h.Height < 1 || h.Width > MaxSide || h.Height > MaxSide || h.Width*h.Height > MaxPixels ||
			h.Orientation < 1 || h.Orientation > 8 {
			t.Errorf("Sniff let %+v through", h)
		}
	})
}
