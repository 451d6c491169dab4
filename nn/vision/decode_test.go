//go:build !js

package vision

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
)

// distance is the mean absolute difference of two pictures, and the largest.
func distance(a, b *Image) (mean float64, most int) {
	sum := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		d = max(d, -d)
		sum, most = sum+d, max(most, d)
	}
	return float64(sum) / float64(len(a.Pix)), most
}

func mustDecode(t *testing.T, file []byte) *Image {
	t.Helper()
	m, err := Decode(file, White)
	if err != nil {
		t.Fatal(err)
	}
	return m.Convert(3)
}

type decodeCase struct {
	Name          string
	File          []byte
	Width, Height int
	RGB           []byte
}

func decodeCases(t testing.TB) (list []decodeCase) {
	t.Helper()
	b, err := os.ReadFile("testdata/decode.json")
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tolerance is the largest difference allowed. JPEG's inverse cosine transform and the
// compositing of half-transparent pixels are rounded by everybody in their own way.
func tolerance(name string) int {
	switch {
	case strings.HasPrefix(name, "jpeg"):
		return 3
	case strings.Contains(name, "alpha"):
		return 1
	}
	return 0
}

func TestDecodeEqualsPIL(t *testing.T) {
	for _, c := range decodeCases(t) {
		h, err := Sniff(c.File)
		if width, height := h.Upright(); err != nil || width != c.Width || height != c.Height {
			t.Errorf("%s: Sniff says %+v (%v), expected %d × %d upright", c.Name, h, err, c.Width, c.Height)
			continue
		}
		want := &Image{c.Width, c.Height, 3, c.RGB}
		if mean, most := distance(mustDecode(t, c.File), want); most > tolerance(c.Name) {
			t.Errorf("%s: differs from PIL's pixels by %.2f in the mean, %d at most; expected at most %d", c.Name, mean,
				most, tolerance(c.Name))
		}
	}
}

func TestTransparencyOnBlack(t *testing.T) {
	for _, c := range decodeCases(t) {
		if c.Name != "png alpha" {
			continue
		}
		m, err := Decode(c.File, Black)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]byte(m.Pix); got != [3]byte{} { // the first column is fully transparent
			t.Errorf("a transparent pixel is %v on black, expected 0 0 0", got)
		}
	}
}

// Pillow's picture of Grace Hopper in every orientation: once turned, all are alike.
func TestExifOrientationTurnsUpright(t *testing.T) {
	files := sharedtest.Unzip(t, "conformance/exif-orientation/exif-orientation.zip")
	for _, format := range []string{"jpg", "webp"} {
		want := mustDecode(t, files["hopper."+format])
		for o := 2; o <= 8; o++ {
			name := fmt.Sprintf("hopper_orientation_%d.%s", o, format)
			h, err := Sniff(files[name])
			if err != nil || h.Orientation != o {
				t.Errorf("%s: Sniff gives orientation %d (%v), expected %d", name, h.Orientation, err, o)
			}
			got := mustDecode(t, files[name])
			if got.Width != want.Width || got.Height != want.Height {
				t.Fatalf("%s: %d × %d, expected %d × %d", name, got.Width, got.Height, want.Width, want.Height)
			}
			if mean, most := distance(got, want); mean > 8 {
				t.Errorf("%s: differs from the upright picture by %.2f in the mean, %d at most; "+
					"expected at most 8 (a wrong turn gives over 40)", name, mean, most)
			}
		}
	}
	if _, err := Decode(files["hopper.bmp"], White); err == nil ||
		!strings.Contains(err.Error(), "found a BMP picture") {
		t.Errorf("hopper.bmp: %v, expected an error that names the format", err)
	}
}

// Every file cut anywhere must be refused, and never crash.
func TestTruncatedFilesAreRefused(t *testing.T) {
	for _, c := range decodeCases(t) {
		if strings.Contains(c.Name, "orientation") {
			continue
		}
		for n := 0; n < len(c.File); n += 1 + n/40 {
			m, err := Decode(c.File[:n], White)
			if err == nil && !strings.HasPrefix(c.Name, "gif") { // a GIF without its last byte has its whole frame
				t.Fatalf("%s: the first %d of %d bytes decode to %d × %d pixels, expected an error", c.Name, n,
					len(c.File), m.Width, m.Height)
			}
			if err != nil && n > 20 && !strings.Contains(err.Error(), "cut short") &&
				!strings.Contains(err.Error(), "damaged") {
				t.Errorf("%s: the first %d of %d bytes: %v, expected “cut short” or “damaged”", c.Name, n, len(c.File),
					err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range decodeCases(f) {
		if !strings.Contains(c.Name, "orientation") || strings.HasSuffix(c.Name, "6") {
			f.Add(c.File)
		}
		if c.Name == "webp alpha" || c.Name == "webp lossless" {
			m, err := Decode(c.File, White)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(animation(c.File, 2, 0, m.Width, m.Height, m.Width+3, m.Height))
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		h, err := Sniff(file)
		if err != nil || h.Width*h.Height > 1<<20 {
			return
		}
		m, err := Decode(file, White)
		if err != nil {
			return
		}
		if width, height := h.Upright(); m.Width != width || m.Height != height ||
			len(m.Pix) != width*height*m.Channels {
			t.Errorf("Sniff says %d × %d, decoded are %d × %d with %d bytes", width, height, m.Width, m.Height,
				len(m.Pix))
		}
	})
}
