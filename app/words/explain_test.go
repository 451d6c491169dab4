package words

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"wafer/nn/format"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/vision"
)

// The shipped models say in Chinese, too, where their data is from and on what they were measured.
func TestTestSetsAndCreditsAreThereInChinese(t *testing.T) {
	file, err := os.ReadFile("../../static/words/errors-zh.json")
	p, err2 := os.ReadFile("../../static/models/catalogue.json")
	zh, models := map[string]string{}, []task.Model{}
	if err := errors.Join(err, err2, json.Unmarshal(file, &zh), json.Unmarshal(p, &models)); err != nil || len(models) < 8 {
		t.Fatalf("%d models: %v", len(models), err)
	}
	for _, m := range models {
		for _, text := range []string{m.TestSet, m.Credit} {
			if _, ok := zh[text]; !ok && text != "" {
				t.Errorf("%s: static/words/errors-zh.json lacks %q", m.ID, text)
			}
		}
	}
}

// What nn says of a file is said in the language of the page.
func TestErrorsAreExplainedInChinese(t *testing.T) {
	defer language.Store(English)
	file, err := os.ReadFile("../../static/words/errors-zh.json")
	if err == nil {
		err = Learn(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer chinese.Store(nil)
	_, pdf := vision.Sniff([]byte("%PDF-1.7"))
	onnx := format.Meta([]byte("\x08\x07\x12\x07pytorch\x1a\x05"), nil)
	table := say.Errorf("line %d: %w", 1234567, say.Errorf("%s: is encrypted", "a.png"))
	for _, c := range []struct {
		err    error
		en, zh string
	}{
		{pdf, "this is not a picture that can be read: expected JPEG, PNG, GIF or WebP, found a PDF document",
			"这不是可以读取的图片：应为 JPEG、PNG、GIF 或 WebP，实际是 PDF 文档"},
		{onnx, "model file: is not a .wafer file: it is an ONNX file", "这不是 .wafer 模型文件：它是 ONNX 文件"},
		{table, "line 1234567: a.png: is encrypted", "第 1234567 行：a.png：已加密"},
		{errors.New("what a browser says"), "what a browser says", "what a browser says"},
	} {
		language.Store(English)
		if got := Explain(c.err); got != c.en {
			t.Errorf("in English it is %q, expected %q", got, c.en)
		}
		language.Store(Chinese)
		if got := Explain(c.err); got != c.zh {
			t.Errorf("in Chinese it is %q, expected %q", got, c.zh)
		}
	}
}
