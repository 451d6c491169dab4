package samples

import (
	"archive/zip"
	"bytes"
	"image/color"
	"image/png"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wafer/nn/task"
)

// mixed are pixels of several sizes, one with transparency, and texts; a PNG of the largest takes more than one stored
// block.
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

// Groups come back as numbers, and a data set has the same hash with these: which samples share one counts.
func TestGroupsGoAlong(t *testing.T) {
	in := []task.Input{{Text: "a", Group: "x-7"}, {Text: "b"}, {Text: "c", Group: "y"}, {Text: "d", Group: "x-7"}}
	file, err := Pack([]string{"one", "two"}, []int{0, 0, 1, 0}, in)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Unpack(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range f.Samples {
		got = append(got, s.Group)
	}
	if want := []string{"1", "", "2", "1"}; !slices.Equal(got, want) {
		t.Errorf("groups came back as %q, expected %q", got, want)
	}
}

func TestPackedSamplesComeBackAsTheyWere(t *testing.T) {
	labels, in := mixed()
	file, err := Pack([]string{"a/../b", "中"}, labels, in)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file, []byte("secret")) {
		t.Error("the name of a file went along")
	}
	again, _ := Pack([]string{"a/../b", "中"}, labels, in)
	if !bytes.Equal(file, again) {
		t.Error("packing again gave other bytes")
	}
	out, err := Unpack(file)
	if err != nil || len(out.Samples) != len(in) {
		t.Fatalf("%d samples, %v; expected %d", len(out.Samples), err, len(in))
	}
	if !slices.Equal(out.Labels, labels) || !slices.Equal(out.Classes, []string{"a____b", "中"}) {
		t.Errorf("labels %v of %q, expected %v of a____b and 中", out.Labels, out.Classes, labels)
	}
	for i := range in {
		if out.Samples[i].Text != in[i].Text || !reflect.DeepEqual(out.Samples[i].Pixels, in[i].Pixels) {
			t.Errorf("sample %d came back otherwise", i+1)
		}
	}
}

// Go's own packages read the archive and the pictures in it.
func TestPackedSamplesAreAnOrdinaryZipOfPNGs(t *testing.T) {
	labels, in := mixed()
	file, err := Pack([]string{"a/../b", "中"}, labels, in)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 a____b/000001.png", "2 中/000002.png", "1 a____b/000003.png", "2 中/000004.txt",
		"1 a____b/000005.txt"}
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
			got, want := color.NRGBAModel.Convert(m.At(k%p.Width, k/p.Width)), color.NRGBA{p.RGBA[4*k], p.RGBA[4*k+1],
				p.RGBA[4*k+2], p.RGBA[4*k+3]}
			if got != want {
				t.Fatalf("%s: pixel %d is %v, expected %v", f.Name, k, got, want)
			}
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
		"found 2 × 2 with 15 bytes": {[]int{0}, []task.Input{{Pixels: &task.Pixels{Width: 2, Height: 2,
			RGBA: make([]byte, 15)}}}},
	} {
		if _, err := Pack([]string{"a", "b"}, c.labels, c.in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected an error with %q", err, want)
		}
	}
}

// One flipped byte anywhere, or a cut anywhere, is noticed.
func TestDamagedSamplesAreRefused(t *testing.T) {
	labels, in := mixed()
	file, err := Pack([]string{"a", "b"}, append(labels[:2:2], 1), append(in[:2:2], in[3]))
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 0x41
		if _, err := Unpack(bad); err == nil {
			// Attributes and the archive's comment mean nothing to us, and a class' folder is a name.
			if out, _ := Unpack(bad); len(out.Samples) != 3 ||
				!reflect.DeepEqual(out.Samples[0].Pixels, in[0].Pixels) || out.Samples[2].Text != in[3].Text {
				t.Errorf("byte %d of %d was changed and went unnoticed", i, len(file))
			}
		}
		if _, err := Unpack(file[:i]); err == nil {
			t.Errorf("cut after %d of %d bytes and unnoticed", i, len(file))
		}
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	f, _ := w.Create("a.txt")
	f.Write(make([]byte, 1<<20))
	w.Close()
	if _, err := Unpack(z.Bytes()); err == nil || !strings.Contains(err.Error(), "made by Wafer") {
		t.Errorf("a compressed archive: %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	labels, in := mixed()
	for n := range 3 {
		file, err := Pack([]string{"a", "b"}, append(labels[:n:n], 1), append(in[:n:n], in[3]))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		out, err := Unpack(file)
		if err != nil {
			return
		}
		size := 0
		for _, s := range out.Samples {
			if size += len(s.Text); s.Pixels != nil {
				size += 3 * s.Pixels.Width * s.Pixels.Height
			}
		}
		if size > len(file) {
			t.Errorf("%d bytes hold %d", len(file), size)
		}
	})
}

func TestFoldersThatAreNoClasses(t *testing.T) {
	for want, names := range map[string][]string{
		`found "a"`:                          {"a/1.txt"},
		`found "0 a"`:                        {"0 a/1.txt"},
		`found "70000 a"`:                    {"70000 a/1.txt"},
		`class number 1 to be "a" as before`: {"1 a/1.txt", "1 b/2.txt"},
		"sample 1 (\"1 a/1.gif\"): expected a .png": {"1 a/1.gif"},
	} {
		var z zipWriter
		for _, name := range names {
			z.add(name, []byte("x"))
		}
		if _, err := Unpack(z.finish()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, expected an error with %s", names, err, want)
		}
	}
}
