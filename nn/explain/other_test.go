package explain_test

import (
	"errors"
	"slices"
	"testing"

	"wafer/nn/explain"
	"wafer/nn/tensor"
)

// Every pixel has the mean loss of the patches over it, here computed patch by patch and pixel by pixel.
func TestOcclusionByDefinition(t *testing.T) {
	const h, w, size, stride = 7, 9, 4, 3
	x, cover := tensor.New(tensor.Float32, 1, h, w, 2), tensor.New(tensor.Float32, 1, h, w, 2)
	for i := range x.F() {
		x.F()[i], cover.F()[i] = float32(i%13), 0.5
	}
	of := func(f []float32) (s float32) { // of one picture; neither linear nor symmetric
		for i, v := range f {
			s += float32(float32(v*v) * float32(i%5))
		}
		return s
	}
	for _, batch := range []int{0, 1, 4, 100} {
		m, err := explain.Occlusion(x, cover, explain.Patches{Size: size, Stride: stride, Batch: batch},
			func(b *tensor.Tensor) (out []float32, err error) {
				if n := b.Shape()[0]; n > max(batch, 1) {
					t.Errorf("expected at most %d pictures at once, found %d", max(batch, 1), n)
				}
				for i := range b.Shape()[0] {
					out = append(out, of(b.Rows(i, i+1).F()))
				}
				return out, nil
			})
		if err != nil {
			t.Fatal(err)
		}
		sum, count := make([]float64, h*w), make([]float64, h*w)
		for y := 0; y < h; y += stride {
			for c := 0; c < w; c += stride {
				if y >= stride && y-stride+size >= h || c >= stride && c-stride+size >= w {
					continue // the one before reaches the edge
				}
				covered := x.Clone()
				inside := func(i int) bool { return i/w >= y && i/w < y+size && i%w >= c && i%w < c+size }
				for i := range h * w {
					if inside(i) {
						copy(covered.F()[2*i:2*i+2], cover.F()[2*i:])
					}
				}
				for i := range h * w {
					if inside(i) {
						sum[i], count[i] = sum[i]+float64(of(x.F())-of(covered.F())), count[i]+1
					}
				}
			}
		}
		for i, v := range m.Values {
			near(t, "pixel", float64(v), sum[i]/count[i], 1e-2)
		}
	}
}

func TestOcclusionRefusesWhatDoesNotFit(t *testing.T) {
	x := tensor.New(tensor.Float32, 1, 4, 4, 1)
	none := func(*tensor.Tensor) ([]float32, error) { return []float32{0}, nil }
	for _, o := range []explain.Patches{{Size: 0, Stride: 1}, {Size: 2, Stride: 0}, {Size: 2, Stride: 3}} {
		if _, err := explain.Occlusion(x, x, o, none); err == nil {
			t.Errorf("expected an error for patches %+v, found none", o)
		}
	}
	patches, rgb := explain.Patches{Size: 2, Stride: 2}, tensor.New(tensor.Float32, 1, 4, 4, 3)
	if _, err := explain.Occlusion(x, rgb, patches, none); err == nil {
		t.Error("expected an error for a cover of another shape, found none")
	}
	broken := errors.New("broken")
	_, err := explain.Occlusion(x, x, patches, func(*tensor.Tensor) ([]float32, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("expected the error of the score, found %v", err)
	}
}

func TestLeaveOutIsTheLoss(t *testing.T) {
	worth := []float32{3, -1, 0}
	values, err := explain.LeaveOut(3, func(without int) (float32, error) {
		sum := float32(10)
		for i, v := range worth {
			if i != without {
				sum += v
			}
		}
		return sum, nil
	})
	if err != nil || !slices.Equal(values, worth) {
		t.Errorf("expected %v, found %v, %v", worth, values, err)
	}
}

func TestNearestInTheirOrder(t *testing.T) {
	rows := [][]float32{{0, 1}, {2, 0}, {0, 0}, {1}, {5, 5}, {1, 0}}
	found := explain.Nearest([]float32{3, 0}, rows, 3)
	var samples []int
	for _, n := range found {
		samples = append(samples, n.Sample)
	}
	if expected := []int{1, 5, 4}; !slices.Equal(samples, expected) {
		t.Errorf("expected samples %v, found %v", expected, found)
	}
	if len(found) == 3 {
		near(t, "cosine", float64(found[0].Cosine), 1, 1e-6)
		near(t, "cosine", float64(found[2].Cosine), 0.70710678, 1e-6)
	}
}

func TestStretchedKeepsMiddles(t *testing.T) {
	found := explain.Stretched([]float32{0, 1, 2, 3}, 2, 2, 4, 4)
	expected := []float32{0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3}
	if !slices.Equal(found, expected) {
		t.Errorf("expected %v, found %v", expected, found)
	}
}
