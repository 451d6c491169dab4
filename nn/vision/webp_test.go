package vision

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// animation is a WebP file with a picture as its first frame at x, y of a canvas.
func animation(still []byte, x, y, width, height, canvasWidth, canvasHeight int) []byte {
	chunk := func(kind string, content []byte) []byte {
		b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(content))), content...)
		return append(b, make([]byte, len(content)%2)...)
	}
	three := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n))[:3] }
	var picture []byte
	for at := 12; at < len(still); {
		n := int(binary.LittleEndian.Uint32(still[at+4:]))
		end := at + 8 + n + n&1
		if kind := string(still[at : at+4]); kind == "ALPH" || strings.HasPrefix(kind, "VP8") && kind != "VP8X" {
			picture = append(picture, still[at:end]...)
		}
		at = end
	}
	frame := bytes.Join([][]byte{three(x / 2), three(y / 2), three(width - 1), three(height - 1), {10, 0, 0, 0},
		picture}, nil)
	return chunk("RIFF", bytes.Join([][]byte{[]byte("WEBP"),
		chunk("VP8X", bytes.Join([][]byte{{0x12, 0, 0, 0}, three(canvasWidth - 1), three(canvasHeight - 1)}, nil)),
		chunk("ANIM", make([]byte, 6)), chunk("ANMF", frame), chunk("ANMF", frame)}, nil))
}

// Of an animation the first frame is read, where it lies on its canvas.
func TestTheFirstFrameOfAnAnimatedWebP(t *testing.T) {
	seen := 0
	for _, c := range decodeCases(t) {
		if !strings.HasPrefix(c.Name, "webp") || strings.Contains(c.Name, "orientation") {
			continue
		}
		seen++
		still := mustDecode(t, c.File)
		w, h := still.Width, still.Height
		if got := mustDecode(t, animation(c.File, 0, 0, w, h, w, h)); !bytes.Equal(got.Pix, still.Pix) {
			t.Errorf("%s: the frame differs from the still picture", c.Name)
		}
		got := mustDecode(t, animation(c.File, 4, 2, w, h, w+6, h+6))
		for y := range h {
			from := 3 * ((y+2)*(w+6) + 4)
			if !bytes.Equal(got.Pix[from:from+3*w], still.Pix[3*y*w:3*(y+1)*w]) {
				t.Fatalf("%s: line %d of a frame at 4, 2 differs from the still picture's", c.Name, y)
			}
		}
		if _, err := Decode(animation(c.File, 4, 0, w, h, w, h), White); err == nil ||
			!strings.Contains(err.Error(), "expected a frame inside") {
			t.Errorf("%s: a frame beyond its canvas: %v", c.Name, err)
		}
	}
	if seen < 4 {
		t.Fatalf("%d pictures, expected 4 or more", seen)
	}
}
