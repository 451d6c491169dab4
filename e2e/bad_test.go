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
		if !strings.Contains(got, want) && !strings.Contains(strings.ReplaceAll(got, "20000", "20,000"), want) || name != "7.png" && len(got) < 20 {
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
	p.upload("#import", write(t, "mine.wafer", whole))
	p.waitText("was imported")
	p.screenshot("models")
}
