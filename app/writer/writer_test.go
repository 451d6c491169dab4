package writer

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/convert"
	"wafer/nn/metrics"
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

// The page gets figures, charts with their points, what every threshold does, and the samples with the largest loss.
func TestJudge(t *testing.T) {
	a := metrics.Answers{Labels: []int{0, -1, 1, 1}, Classes: 2, P: []float32{0.9, 0.1, 0, 0, 0.8, 0.2, 0.4, 0.6}}
	q := bridge.JudgeRequest{Labels: []string{"cat", "dog"}, Answers: *a.Pack(), Reject: 0.7, Chinese: true}
	got, _, err := judge(bridge.Asked[bridge.None]{}, q)
	if err != nil {
		t.Fatal(err)
	}
	if e := got.Estimate; e.Samples != 3 || e.Confusion[1][0] != 1 || len(e.Wrong) != 1 {
		t.Errorf("the figures are %+v", e)
	}
	at := got.Rejects[70]
	if len(got.Rejects) != 100 || at.Coverage < 0.66 || at.Coverage > 0.67 || at.Accuracy != 0.5 {
		t.Errorf("from 0.7 on %+v of %d thresholds, expected 2 of 3 answered, half of them rightly", at,
			len(got.Rejects))
	}
	if w := got.Losses; len(w) != 3 || w[0].Sample != 2 || w[0].Label != 1 || w[0].Said != 0 {
		t.Errorf("the losses are %+v, expected sample 2 first", w)
	}
	for i, c := range []struct{ name, head, title string }{{"roc", "class,false_positive_rate", "ROC 曲线"},
		{"precision-recall", "class,recall", "精确率"}, {"reliability", "from,to", "可靠性"},
		{"coverage", "threshold,coverage", "没把握"}} {
		d := got.Charts[i]
		if d.Name != c.name || !strings.HasPrefix(d.CSV, c.head) || !strings.HasPrefix(d.Title, c.title) ||
			!strings.Contains(d.SVG, c.title) {
			t.Errorf("chart %d is %+v, expected %+v", i, d, c)
		}
	}
	if !strings.Contains(got.Charts[3].SVG, "<circle") {
		t.Error("the chosen threshold is not marked")
	}
	if _, _, err := judge(bridge.Asked[bridge.None]{}, bridge.JudgeRequest{Labels: q.Labels}); err == nil {
		t.Error("no answers are judged")
	}
}
