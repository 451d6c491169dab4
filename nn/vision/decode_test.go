//go:build !js

package vision

import (
	"fmt"
	"strings"
	"testing"
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

// Pillow's picture of Grace Hopper in every orientation: once turned, all are alike.
func TestExifOrientationTurnsUpright(t *testing.T) {
	files := unzip(t, shared(t, "conformance/exif-orientation/exif-orientation.zip"))
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
				t.Errorf("%s: differs from the upright picture by %.2f in the mean, %d at most; expected at most 8 (a wrong turn gives over 40)", name, mean, most)
			}
		}
	}
}

func TestEveryFormatShowsTheSamePicture(t *testing.T) {
	files := unzip(t, shared(t, "conformance/exif-orientation/exif-orientation.zip"))
	want := mustDecode(t, files["hopper.png"])
	for name, limit := range map[string]float64{"hopper.jpg": 4, "hopper.webp": 5, "hopper.gif": 9} {
		if mean, most := distance(mustDecode(t, files[name]), want); mean > limit {
			t.Errorf("%s differs from hopper.png by %.2f in the mean, %d at most; expected a mean of at most %v", name, mean, most, limit)
		} else {
			t.Logf("%s: mean %.2f, most %d", name, mean, most)
		}
	}
	if _, err := Decode(files["hopper.bmp"], White); err == nil || !strings.Contains(err.Error(), "found a BMP picture") {
		t.Errorf("hopper.bmp: %v, expected an error that names the format", err)
	}
}
