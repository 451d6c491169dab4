package words

import (
	"testing"

	"wafer/nn/task"
)

func TestLabels(t *testing.T) {
	defer language.Store(English)
	shipped := task.Model{Labels: []string{"exchange_rate", "alarm"}, LabelsZH: []string{"汇率", ""}, TestSet: "CLINC150",
		Title: "Requests", TitleZH: "请求"}
	mine := task.Model{Labels: []string{"my_cat"}, Title: "Cats"}
	taught := task.Model{Labels: []string{"my_cat"}, Title: "Cats", Base: "Photos", BaseZH: "照片",
		About:    "Taught from Photos.",
		Accuracy: 0.9, Measure: task.Estimated, TestSet: "as an earlier version wrote it", Credit: "Google"}
	for _, c := range []struct{ got, want string }{
		{Label(taught, 0), "my_cat"}, {About(taught), "Taught from Photos."},
		{Measured(taught), "Right for about 90% of new ones, estimated by cross-validation."},
		{Credit(taught), "your examples; the model it was taught from: Google"},
		{Label(shipped, 0), "exchange rate"}, {Label(mine, 0), "my_cat"}, {Label(mine, 1), ""}, {Label(mine, -1), ""},
		{ScoreLabel(shipped, task.Score{Label: "exchange_rate", Index: 0}), "exchange rate"},
		{ScoreLabel(shipped, task.Score{Label: "unknown", Index: 0}), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("expected %q, got %q", c.want, c.got)
		}
	}
	learn(t)
	defer chinese.Store(nil)
	language.Store(Chinese)
	if got := About(taught) + Measured(taught); got != "以“照片”为基础教成。对新内容约有 90% 答对（交叉验证估计）。" {
		t.Errorf("in Chinese the taught model is %q", got)
	}
	if Label(shipped, 0) != "汇率" || Label(shipped, 1) != "alarm" || Title(shipped) != "请求" || Title(mine) != "Cats" {
		t.Errorf("Chinese where there is some, else English: got %q, %q, %q, %q", Label(shipped, 0), Label(shipped, 1),
			Title(shipped), Title(mine))
	}
}
func TestPublishedAndMeasuredAccuracyStandSideBySide(t *testing.T) {
	published, share, here := Beside("ImageNet-1k validation, 50,000 pictures, as published; " +
		"0.840 here on 500 samples of ImageNet-1k")
	if published != "ImageNet-1k validation, 50,000 pictures" || share != 0.84 || here != "500 samples of ImageNet-1k" {
		t.Errorf("got %q, %v and %q", published, share, here)
	}
	for _, one := range []string{"", "MNIST test, 10,000 pictures", "x, as published; soon"} {
		if set, _, here := Beside(one); set != one || here != "" {
			t.Errorf("%q was taken apart into %q and %q, expected it whole", one, set, here)
		}
	}
}
