package vision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// noise is the same picture as in testdata/pil.py.
func noise(width, height, channels int) *Image {
	m, state := New(width, height, channels), uint32(12345)
	for i := range m.Pix {
		state = (state*1103515245 + 12345) % (1 << 31)
		m.Pix[i] = byte(state >> 16)
	}
	return m
}

func digest(m *Image) string {
	sum := sha256.Sum256(m.Pix)
	return hex.EncodeToString(sum[:])
}

type pilGolden struct {
	Cases []struct {
		From, To          [2]int
		Channels          int
		Bilinear, Nearest string
	}
	Grey  string
	Small string
}

func readPIL(t *testing.T) (g pilGolden) {
	t.Helper()
	b, err := os.ReadFile("testdata/pil.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestResizeEqualsPIL(t *testing.T) {
	g := readPIL(t)
	// One small picture in full, so that a failure shows numbers.
	if got := hex.EncodeToString(noise(6, 4, 3).Resize(3, 5, Bilinear).Pix); got != g.Small {
		t.Errorf("6 × 4 to 3 × 5:\n%s\nPIL has\n%s", got, g.Small)
	}
	if len(g.Cases) < 100 {
		t.Fatalf("testdata/pil.json has %d cases, expected over 100", len(g.Cases))
	}
	for _, c := range g.Cases {
		m := noise(c.From[0], c.From[1], c.Channels)
		for filter, want := range map[Filter]string{Bilinear: c.Bilinear, Nearest: c.Nearest} {
			if got := digest(m.Resize(c.To[0], c.To[1], filter)); got != want {
				t.Errorf("%v × %d to %v, %s: digest %.12s, PIL has %.12s", c.From, c.Channels, c.To, filter, got, want)
			}
		}
	}
}

func TestGreyEqualsPIL(t *testing.T) {
	if got, want := digest(noise(256, 256, 3).Convert(1)), readPIL(t).Grey; got != want {
		t.Errorf("digest %.12s, PIL has %.12s", got, want)
	}
}

func TestModesOfResizing(t *testing.T) {
	// Columns 0…5, two rows: the value is the column.
	m := &Image{6, 2, 1, []byte{0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40, 50}}
	for _, c := range []struct {
		mode   Mode
		border Background
		want   []byte
	}{
		{Stretch, White, []byte{10, 40, 10, 40}}, // PIL's nearest takes the middle of each half
		{Centre, White, []byte{20, 30, 20, 30}},
		{Fit, White, []byte{10, 40, 255, 255}},
		{Fit, Black, []byte{10, 40, 0, 0}},
	} {
		if got := m.ResizeMode(2, 2, Nearest, c.mode, c.border).Pix; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, expected %v", c.mode, got, c.want)
		}
	}
	if got := m.Resize(6, 2, Bilinear); got != m {
		t.Error("a picture of the right size was copied")
	}
}

func BenchmarkResize640x480To224(b *testing.B) {
	m := noise(640, 480, 3)
	for b.Loop() {
		m.Resize(224, 224, Bilinear)
	}
}
