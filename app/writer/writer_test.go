package writer

import (
	"bytes"
	"os"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/convert"
)

// The page gets what the command line writes, and a sentence where it cannot be written.
func TestExport(t *testing.T) {
	file, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	asked := bridge.Asked[bridge.None]{Buffers: [][]byte{file}}
	for _, format := range []string{"onnx", "tfjs", "keras", "h5", "pytorch"} { // the buttons of the page
		want, err := convert.Export(file, convert.ExportOptions{Format: format, Weights: "float16"})
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		_, made, err := export(asked, bridge.ExportAsRequest{Format: format, Weights: "float16"})
		if err != nil || len(made) != 1 || !bytes.Equal(made[0], want) {
			t.Errorf("%s: %d files (%v), expected the one of the command line", format, len(made), err)
		}
	}
	if _, _, err := export(asked, bridge.ExportAsRequest{Format: "h5", Weights: "int8"}); err == nil {
		t.Error("an h5 file holds int8")
	}
	if _, _, err := export(bridge.Asked[bridge.None]{}, bridge.ExportAsRequest{Format: "onnx"}); err == nil {
		t.Error("no file is exported")
	}
}
