package explainer

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"wafer/app/bridge"
)

func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../static/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A photo comes back painted, and with where most of what counts lies; the second time without the model's file.
func TestAPhotoIsPainted(t *testing.T) {
	var e explainer
	photo := file(t, "samples/photos/bird.jpg")
	q := bridge.ExplainRequest{Key: "photos", Index: -1}
	if _, _, err := e.explain(asked{Buffers: [][]byte{photo}}, q); err == nil || err.Error() != bridge.Lost {
		t.Fatalf("expected %q without a model, found %v", bridge.Lost, err)
	}
	for _, buffers := range [][][]byte{{photo, file(t, "models/photos.wafer")}, {photo}} {
		done, files, err := e.explain(asked{Buffers: buffers}, q)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(done.Alt[0], "mostly the upper left") || !strings.Contains(done.Alt[1], "主要在左上") ||
			len(done.Lines) != 3 || done.Parts != nil {
			t.Errorf("expected three lines and a bird at the upper left, found %+v", done)
		}
		bmp := files[0]
		if string(bmp[:2]) != "BM" || int(binary.LittleEndian.Uint32(bmp[2:])) != len(bmp) || len(bmp) != 54+3*224*224 {
			t.Errorf("expected a BMP file of 224 × 224 pixels, found %d bytes that begin with %q", len(bmp), bmp[:2])
		}
	}
}

func TestWordsComeWithTheirSigns(t *testing.T) {
	var e explainer
	const text = "What a terrible film, but I loved the music."
	q := bridge.ExplainRequest{Key: "sentiment", Index: 0, Input: bridge.Input{Text: text, Buffer: -1}}
	done, files, err := e.explain(asked{Buffers: [][]byte{file(t, "models/sentiment.wafer"),
		file(t, "models/sentences.wafer")}}, q)
	if err != nil {
		t.Fatal(err)
	}
	joined := ""
	for _, p := range done.Parts {
		joined += p.Text
	}
	if joined != text || len(files) != 0 || len(done.Parts) != 9 {
		t.Fatalf("expected nine words that join to the text, found %+v", done.Parts)
	}
	if bad, good := done.Parts[2], done.Parts[6]; bad.Level != 2 || good.Level != -2 ||
		bad.Said != (bridge.Said{"terrible: speaks strongly for it", "terrible：强烈支持"}) {
		t.Errorf("expected strong signs of terrible and loved, found %+v and %+v", bad, good)
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	model := file(t, "models/digits.wafer")
	for what, c := range map[string]struct {
		input   bridge.Input
		buffers [][]byte
	}{
		"no picture":              {bridge.Input{}, nil},
		"a damaged picture":       {bridge.Input{}, [][]byte{[]byte("no picture"), model}},
		"pixels that lack a byte": {bridge.Input{Width: 3, Height: 3}, [][]byte{make([]byte, 35), model}},
		"a text":                  {bridge.Input{Text: "7", Buffer: -1}, [][]byte{model}},
		"a damaged model":         {bridge.Input{}, [][]byte{make([]byte, 10), model[:1000]}},
	} {
		var e explainer
		if done, _, err := e.explain(asked{Buffers: c.buffers}, bridge.ExplainRequest{Input: c.input}); err == nil {
			t.Errorf("%s: expected an error, found %+v", what, done)
		}
	}
}
