//go:build !js

package vision

import (
	"os"
	"testing"

	"wafer/nn/sharedtest"
)

// The photographs of the shared material exist as they were taken and at 224 × 224: short side
// 256, then the middle. What made the small ones is not known; it was no plain PIL.
func TestPhotosAreCutLikeTheSharedOnes(t *testing.T) {
	for _, name := range []string{"bird", "cat", "dragonfly", "grace_hopper", "hot_dog", "sunflower"} {
		original, err := os.ReadFile(sharedtest.Path(t, "data/sample-photos/original/"+name+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		small, err := os.ReadFile(sharedtest.Path(t, "data/sample-photos/png224/"+name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		m, want := mustDecode(t, original), mustDecode(t, small)
		width, height := 256, 256
		if m.Width > m.Height {
			width = 256 * m.Width / m.Height
		} else {
			height = 256 * m.Height / m.Width
		}
		got := m.Resize(width, height, Bilinear).Crop((width-224)/2, (height-224)/2, 224, 224)
		if mean, most := distance(got, want); mean > 8 {
			t.Errorf("%s differs by %.2f in the mean, %d at most; expected a mean of at most 8", name, mean, most)
		}
	}
}
