package vision

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// A photograph that was made smaller, brighter and compressed again is near itself, and every other picture is far.
func TestPrintsOfCopiesAreNear(t *testing.T) {
	photos, land := pictures(t, "photos/*.jpg"), pictures(t, "land/*.jpg")
	var own []Print
	for _, m := range append(photos, land...) {
		own = append(own, printOf(m))
	}
	for i, m := range photos {
		copied := printOf(worn(t, m))
		for j := range own {
			if got, want := own[j].Near(copied), i == j; got != want {
				t.Errorf("picture %d is near a copy of %d: %v, expected %v", j, i, got, want)
			}
		}
	}
	for i := range own {
		for j := range i {
			if own[i].Near(own[j]) {
				t.Errorf("pictures %d and %d are near each other, expected different ones", i, j)
			}
		}
	}
}

// pictures are samples that Wafer ships.
func pictures(t *testing.T, pattern string) (list []image.Image) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "static", "samples", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples %s: %v", pattern, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

func TestPrintsOfFlatPicturesAreNearNone(t *testing.T) {
	flat := NewPrint(28, 28, 1, make([]byte, 28*28))
	if flat.Near(flat) {
		t.Error("a black picture is near itself, expected a print that says nothing")
	}
	if tiny := NewPrint(2, 2, 4, make([]byte, 16)); tiny.Near(tiny) {
		t.Error("a picture of 2×2 is near itself, expected a print that says nothing")
	}
}

// worn is two thirds of the size, a little brighter, and compressed hard.
func worn(t *testing.T, m image.Image) image.Image {
	t.Helper()
	b := m.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, b.Dx()*2/3, b.Dy()*2/3))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.Set(x, y, m.At(b.Min.X+x*3/2, b.Min.Y+y*3/2))
		}
	}
	for i, v := range small.Pix {
		small.Pix[i] = byte(min(int(v)+10, 255))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	again, err := jpeg.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func printOf(m image.Image) Print {
	b := m.Bounds()
	pix := make([]byte, 0, 4*b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := m.At(x, y).RGBA()
			pix = append(pix, byte(r>>8), byte(g>>8), byte(bl>>8), byte(a>>8))
		}
	}
	return NewPrint(b.Dx(), b.Dy(), 4, pix)
}
