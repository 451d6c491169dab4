package e2e

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// hugePNG is a picture of 20,000 × 20,000 pixels in a few bytes: its head is right
// and its body is missing.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), 20000)
	head = binary.BigEndian.AppendUint32(head, 20000)
	head = append(head, 8, 2, 0, 0, 0)
	binary.Write(&b, binary.BigEndian, uint32(len(head)-4))
	b.Write(head)
	binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(head))
	return b.Bytes()
}

func cutJPEG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 640, 480)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()[:300]
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBadPicturesAreAnsweredWithASentence(t *testing.T) {
	p := open(t, startServer(t), "/?model=digits")
	p.waitFor("a usable page", usable)
	p.upload(picker, filepath.Join(root(), "static/samples/digits/7.png"),
		write(t, "letter.jpg", []byte("Dear reader, this is a text.")),
		write(t, "cut.jpg", cutJPEG(t)),
		write(t, "huge.png", hugePNG()),
		write(t, "empty.png", nil))
	said := map[string]string{}
	for _, row := range p.waitRows(5) {
		said[row[0]] = row[1]
	}
	for name, want := range map[string]string{
		"7.png": "7", "letter.jpg": "not a picture", "cut.jpg": "", "huge.png": "20,000", "empty.png": "empty",
	} {
		got := strings.ToLower(said[name])
		if !strings.Contains(got, want) && !strings.Contains(strings.ReplaceAll(got, "20000", "20,000"), want) ||
			name != "7.png" && len(got) < 20 {
			t.Errorf("%s: the page says %q, expected a sentence with %q", name, said[name], want)
		}
	}
	p.screenshot("bad-pictures")
}

func TestBadTextsAreAnsweredWithASentence(t *testing.T) {
	p := open(t, startServer(t), "/?kind=text&model=sentiment")
	p.waitFor("a usable page", usable)
	for _, c := range []struct {
		name, want string
		content    []byte
	}{
		{"large.txt", "10", bytes.Repeat([]byte("ten megabytes of text\n"), 10<<20/22)},
		{"empty.txt", "empty", nil},
	} {
		p.upload(picker, write(t, c.name, c.content))
		p.until("a sentence about "+c.name, func() bool {
			text := eval[string](p, `document.querySelector("main").innerText`)
			return strings.Contains(text, c.name) && strings.Contains(text, c.want)
		})
	}
	p.fill("Sentence to classify", "it still works, and that is wonderful")
	p.until("an answer after the bad files", func() bool { return strings.Contains(p.answer(), "%") })
}

func TestABrokenModelFileIsRefusedWithASentence(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	whole, err := os.ReadFile(filepath.Join(root(), "static/models/digits.wafer"))
	if err != nil {
		t.Fatal(err)
	}
	p.upload("#import", write(t, "short.wafer", whole[:len(whole)/2]))
	p.waitText("short.wafer could not be imported")
	p.upload("#import", write(t, "letter.wafer", []byte("Dear reader")))
	p.waitText("letter.wafer could not be imported")
	p.upload("#import", write(t, "large.wafer", tooLarge(t)))
	p.waitText("large.wafer could not be imported")
	p.waitText("in a browser there are 4096 MB at most")
	p.upload("#import", write(t, "mine.wafer", whole))
	p.waitText("was imported")
	p.screenshot("models")
}

// tooLarge is a model file of some kilobytes whose layers need some 10 GB for one picture.
func tooLarge(t *testing.T) []byte {
	t.Helper()
	net := layers.Sequential("large", layers.Spec{Shape: tensor.Shape{1024, 1024, 1}},
		layers.Conv2D(2048, 1, "same", "relu"),
		layers.MaxPooling2D(2), layers.GlobalAveragePooling2D(), layers.Dense(2, "softmax"))
	var tensors []format.Tensor
	for _, w := range net.Weights() {
		tensors = append(tensors, format.Tensor{Name: w.Name, Value: tensor.New(tensor.Float32, w.Shape...)})
	}
	file, err := format.Encode(document.Document{Layers: net, Temperature: 1,
		Info: task.Model{Title: "large", Kind: task.Image, Labels: []string{"a", "b"}},
		Preprocess: recipe.Preprocess{Kind: "image", Image: &recipe.Image{Height: 1024, Width: 1024, Channels: 1,
			Resize: "bilinear", Mode: "stretch", Background: "black", Normalisation: "0..1"}}}, tensors)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
