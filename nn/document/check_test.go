package document

import (
	"strings"
	"testing"

	"wafer/nn/names"
	"wafer/nn/task"
)

func TestTextsOfADescription(t *testing.T) {
	huge, turned := strings.Repeat("x", 5_000_000), "gpj.\u202eexe"
	for name, c := range map[string]struct {
		change func(*task.Model)
		says   string
	}{
		"as it is":      {func(*task.Model) {}, ""},
		"several lines": {func(m *task.Model) { m.About = "one\ntwo" }, ""},
		"huge label": {func(m *task.Model) { m.Labels[1] = huge },
			"has a label that is 5000000 bytes long, at most 1024 are read"},
		"turned label":    {func(m *task.Model) { m.Labels[0] = turned }, "has a label that has the character U+202E"},
		"line in a label": {func(m *task.Model) { m.Labels[0] = "a\nb" }, "U+000A"},
		"Chinese label": {func(m *task.Model) { m.LabelsZH = []string{"甲", "\x1b[31m"} },
			"has a label that has the character U+001B"},
		"title":         {func(m *task.Model) { m.Title = turned }, "has a title or name that"},
		"Chinese title": {func(m *task.Model) { m.TitleZH = huge }, "has a title or name that is 5000000"},
		"ID":            {func(m *task.Model) { m.ID = "a\tb" }, "U+0009"},
		"base":          {func(m *task.Model) { m.Base = turned }, "has a title or name that"},
		"test set":      {func(m *task.Model) { m.TestSet = huge }, "has a title or name that"},
		"about": {func(m *task.Model) { m.About = huge },
			"has a description that is 5000000 bytes long, at most 262144"},
		"credit":  {func(m *task.Model) { m.Credit = "\x00" }, "has a description that has the character U+0000"},
		"example": {func(m *task.Model) { m.Examples = []string{"fine", turned} }, "has a description that"},
		"examples": {func(m *task.Model) {
			m.Examples = strings.SplitAfter(strings.Repeat(huge[:1<<16]+"\n", 17),
				"\n")
		}, "bytes of labels and descriptions, at most 1048576"},
		"too many": {func(m *task.Model) { m.Labels = make([]string, names.MaxLabels+1) }, "at most 65536 are read"},
		"an encoder's": {func(m *task.Model) { m.Labels, m.Backbone, m.Credit = nil, true, huge },
			"has a description that"},
		"an encoder's own": {func(m *task.Model) { m.Labels, m.Backbone = nil, true }, ""},
	} {
		m := task.Model{ID: "id", Title: "Title", Kind: task.Text, Labels: []string{"a", "b"}}
		c.change(&m)
		err := CheckInfo(m)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %.200v, expected %q", name, err, c.says)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("%s: the error has %d bytes, expected a sentence", name, len(err.Error()))
		}
	}
}
