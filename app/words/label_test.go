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
	for _, c := range []struct{ got, want string }{
		{Label(shipped, 0), "exchange rate"}, {Label(mine, 0), "my_cat"}, {Label(mine, 1), ""}, {Label(mine, -1), ""},
		{ScoreLabel(shipped, task.Score{Label: "exchange_rate", Index: 0}), "exchange rate"},
		{ScoreLabel(shipped, task.Score{Label: "unknown", Index: 0}), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("expected %q, got %q", c.want, c.got)
		}
	}
	language.Store(Chinese)
	if Label(shipped, 0) != "汇率" || Label(shipped, 1) != "alarm" || Title(shipped) != "请求" || Title(mine) != "Cats" {
		t.Errorf("Chinese where there is some, else English: got %q, %q, %q, %q", Label(shipped, 0), Label(shipped, 1),
			Title(shipped), Title(mine))
	}
}
