package nn

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"reflect"
	"strings"
	"testing"

	"wafer/nn/task"
)

// mixed are pixels of several sizes, one with transparency, and texts; a PNG of the largest takes more than one stored block.
func mixed() (labels []int, in []task.Input) {
	for i, size := range [][2]int{{1, 1}, {7, 3}, {200, 150}} {
		p := &task.Pixels{Width: size[0], Height: size[1], RGBA: make([]byte, 4*size[0]*size[1])}
		for k := range p.RGBA {
			p.RGBA[k] = byte(k * (i + 3))
			if k%4 == 3 && i != 1 {
				p.RGBA[k] = 255
			}
		}
		labels, in = append(labels, i%2), append(in, task.Input{Name: "secret.jpg", Pixels: p})
	}
	return append(labels, 1, 0), append(in, task.Input{Text: "naïve 中文\r\n"}, task.Input{Text: ""})
}

func TestPackedSamplesComeBackAsTheyWere(t *testing.T) {
	labels, in := mixed()
	file, err := PackSamples([]string{"a/../b", "中"}, labels, in)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file, []byte("secret")) {
		t.Error("the name of a file went along")
	}
	again, _ := PackSamples([]string{"a/../b", "中"}, labels, in)
	if !bytes.Equal(file, again) {
		t.Error("packing again gave other bytes")
	}
	out, err := UnpackSamples(file)
	if err != nil || len(out) != len(in) {
		t.Fatalf("%d samples, %v; expected %d", len(out), err, len(in))
	}
	for i := range in {
		if out[i].Text != in[i].Text || !reflect.DeepEqual(out[i].Pixels, in[i].Pixels) {
			t.Errorf("sample %d came back otherwise", i+1)
		}
	}
}

// Go's own packages read the archive and the pictures in it.
func TestPackedSamplesAreAnOrdinaryZipOfPNGs(t *testing.T) {
	labels, in := mixed()
	file, err := PackSamples([]string{"a/../b", "中"}, labels, in)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 a____b/000001.png", "2 中/000002.png", "1 a____b/000003.png", "2 中/000004.txt", "1 a____b/000005.txt"}
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil || f.Name != want[i] {
			t.Fatalf("entry %d is %q, %v; expected %q", i, f.Name, err, want[i])
		}
		if in[i].Pixels == nil {
			if string(b) != in[i].Text {
				t.Errorf("%s: %q", f.Name, b)
			}
			continue
		}
		m, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		p := in[i].Pixels
		for k := range p.Width * p.Height {
			got, want := color.NRGBAModel.Convert(m.At(k%p.Width, k/p.Width)), color.NRGBA{p.RGBA[4*k], p.RGBA[4*k+1], p.RGBA[4*k+2], p.RGBA[4*k+3]}
			if got != want {
				t.Fatalf("%s: pixel %d is %v, expected %v", f.Name, k, got, want)
			}
		}
	}
}

// photo is a JPEG that no two decoders must agree on.
func photo(class, i int) task.Input {
	m := image.NewRGBA(image.Rect(0, 0, 33, 25))
	for y := range 25 {
		for x := range 33 {
			v := byte(30 + (x*7+y*i)%50)
			if (y < 12) == (class == 0) {
				v += 140
			}
			m.Set(x, y, color.RGBA{v, v / 2, byte(x * 5), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return task.Input{Name: fmt.Sprintf("%d.jpg", i), File: b.Bytes()}
}

// A run that began on the samples themselves goes on elsewhere on the packed ones.
func TestARunGoesOnWithPackedSamples(t *testing.T) {
	for _, channels := range []string{"1", "3"} {
		doc := strings.NewReplacer(`"channels":1`, `"channels":`+channels+`,"mode":"fit"`, `[12,12,1]`, `[12,12,`+channels+`]`).Replace(imageRecipe)
		base, _ := fitted(t, doc, corners(), FitOptions{})
		var in []task.Input
		var labels []int
		for i := range 24 {
			in, labels = append(in, photo(i%2, i)), append(labels, i%2)
		}
		req := request(labels)
		req.WholeNetwork, req.Epochs = true, 2
		want, _, err := Teach(context.Background(), base, req, in, TeachOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, at := stopping(t, base, req, in, nil, func(step int) bool { return step == 3 })
		if _, err := PackSamples(req.Classes, labels, in); err == nil || !strings.Contains(err.Error(), "sample 1 is an encoded picture") {
			t.Errorf("packing encoded pictures: %v", err)
		}
		for i := range in {
			if in[i], err = base.Prepared(in[i]); err != nil {
				t.Fatal(err)
			}
		}
		file, err := PackSamples(req.Classes, labels, in)
		if err != nil {
			t.Fatal(err)
		}
		there, err := UnpackSamples(file)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := Teach(context.Background(), base, req, there, TeachOptions{Resume: at})
		if err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s channels: the run went on to another file, %v", channels, err)
		}
	}
}

func TestPackingSaysWhatIsWrong(t *testing.T) {
	ok := task.Input{Text: "a"}
	for want, c := range map[string]struct {
		labels []int
		in     []task.Input
	}{
		"1 samples, but 2 labels":   {[]int{0, 1}, []task.Input{ok}},
		"belongs to class number 3": {[]int{2}, []task.Input{ok}},
		"belongs to class number 0": {[]int{-1}, []task.Input{ok}},
		"found 2 × 2 with 15 bytes": {[]int{0}, []task.Input{{Pixels: &task.Pixels{Width: 2, Height: 2, RGBA: make([]byte, 15)}}}},
	} {
		if _, err := PackSamples([]string{"a", "b"}, c.labels, c.in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected an error with %q", err, want)
		}
	}
}

// One flipped byte anywhere, or a cut anywhere, is noticed.
func TestDamagedSamplesAreRefused(t *testing.T) {
	labels, in := mixed()
	file, err := PackSamples([]string{"a", "b"}, append(labels[:2:2], 1), append(in[:2:2], in[3]))
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 0x41
		if _, err := UnpackSamples(bad); err == nil {
			// Attributes and the archive's comment mean nothing to us, and a class' folder is a name.
			if out, _ := UnpackSamples(bad); len(out) != 3 || !reflect.DeepEqual(out[0].Pixels, in[0].Pixels) || out[2].Text != in[3].Text {
				t.Errorf("byte %d of %d was changed and went unnoticed", i, len(file))
			}
		}
		if _, err := UnpackSamples(file[:i]); err == nil {
			t.Errorf("cut after %d of %d bytes and unnoticed", i, len(file))
		}
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	f, _ := w.Create("a.txt")
	f.Write(make([]byte, 1<<20))
	w.Close()
	if _, err := UnpackSamples(z.Bytes()); err == nil || !strings.Contains(err.Error(), "made by Wafer") {
		t.Errorf("a compressed archive: %v", err)
	}
}

func FuzzUnpackSamples(f *testing.F) {
	labels, in := mixed()
	for n := range 3 {
		file, err := PackSamples([]string{"a", "b"}, append(labels[:n:n], 1), append(in[:n:n], in[3]))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		out, err := UnpackSamples(file)
		if err != nil {
			return
		}
		size := 0
		for _, s := range out {
			if size += len(s.Text); s.Pixels != nil {
				size += 3 * s.Pixels.Width * s.Pixels.Height
			}
		}
		if size > len(file) {
			t.Errorf("%d bytes hold %d", len(file), size)
		}
	})
}
