package page

import "testing"

func TestPublishedAndMeasuredAccuracyStandSideBySide(t *testing.T) {
	published, share, here := beside("ImageNet-1k validation, 50,000 pictures, as published; " +
		"0.840 here on 500 samples of ImageNet-1k")
	if published != "ImageNet-1k validation, 50,000 pictures" || share != 0.84 || here != "500 samples of ImageNet-1k" {
		t.Errorf("got %q, %v and %q", published, share, here)
	}
	for _, one := range []string{"", "MNIST test, 10,000 pictures", "x, as published; soon"} {
		if set, _, here := beside(one); set != one || here != "" {
			t.Errorf("%q was taken apart into %q and %q, expected it whole", one, set, here)
		}
	}
}
