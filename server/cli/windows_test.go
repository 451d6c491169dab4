package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/nn/sharedtest"
)

// A dilation far beyond the picture is answered and trained at once: its taps never meet the picture
// and cost nothing, where they once laid it out in terabytes and ended the process.
func TestADilationLargerThanThePicture(t *testing.T) {
	folder := sharedtest.Path(t, "cases/dilation-larger-than-the-picture")
	start := time.Now()
	for _, model := range []string{"dilation.wafer", "slow.wafer"} { // 2^18 and 2^14
		out, err := runWafer(t, "predict", filepath.Join(folder, model), filepath.Join(folder, "px.png"))
		if err != nil || !strings.Contains(out, "a 50.0%  b 50.0%") {
			t.Errorf("%s: got %q (%v), expected even shares", model, out, err)
		}
	}
	out, err := runWafer(t, "train", filepath.Join(folder, "dilation.json"), "--data", folder,
		"--out", filepath.Join(t.TempDir(), "m.wafer"))
	if err != nil || !strings.Contains(out, "140 parameters") {
		t.Errorf("training printed %q (%v), expected a model of 140 parameters", out, err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v, expected a second", took)
	}
}
