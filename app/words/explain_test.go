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
	if err := errors.Join(err, err2, json.Unmarshal(file, &zh), json.Unmarshal(p, &models)); err != nil ||
		len(models) < 8 {
		t.Fatalf("%d models: %v", len(models), err)
	}
	for _, m := range models {
		published, _, here := Beside(m.TestSet)
		for _, text := range []string{published, here, m.Credit} {
			if _, ok := zh[text]; !ok && text != "" {
				t.Errorf("%s: static/words/errors-zh.json lacks %q", m.ID, text)
			}
		}
	}
}

// What nn says of a file is said in the language of the page.
func TestErrorsAreExplainedInChinese(t *testing.T) {
	defer language.Store(English)
	learn(t)
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

// What a server, a job or a note of a run says comes as a text and is recognised; names in it stay as they are.
func TestTextsAreRecognisedInChinese(t *testing.T) {
	defer language.Store(English)
	learn(t)
	defer chinese.Store(nil)
	for english, want := range map[string]string{
		"the token does not allow this": "此令牌无权执行此操作",
		"data/a: b.csv: the stored content is damaged; it is not served and has to be uploaded again; " +
			"upload it again and retry": "data/a：b.csv：存储的内容已损坏，不再提供，需要重新上传；请重新上传后重试",
		"the loss became infinite or not a number in epoch 3; " +
			"the weights of epoch 2 were kept": "第 3 轮损失变为无穷大或不是数；保留了第 2 轮的权重",
		"the loss became infinite or not a number in epoch three; " +
			"the weights of epoch 2 were kept": "the loss became infinite or not a number in " +
			"epoch three; the weights of epoch 2 were kept",
		`two files have the path "a \u202e b"`: `两个文件的路径都是 "a \u202e b"`,
		"the model needs more memory than the server keeps for predictions (--predict-memory): " +
			"12 bytes, of which there are 7": "模型需要的内存超过服务器为预测保留的内存（--predict-memory）：12 字节，共有 7 字节",
		`the body is about "{1}", the address about "x"`:          `请求正文指的是 "{1}"，地址指的是 "x"`,
		"stopped early: val_loss did not get better for 5 epochs": "提前停止：val_loss 连续 5 轮没有改善",
		"retry is not possible for a job that is running":         "运行中 的任务不能 重试",
		"a: b: c": "a: b: c", "": "", "50 % more": "50 % more", "{0} {1}": "{0} {1}", ": ": ": ",
	} {
		language.Store(English)
		if got := Text(english); got != english {
			t.Errorf("in English %q is %q", english, got)
		}
		language.Store(Chinese)
		if got := Text(english); got != want {
			t.Errorf("in Chinese %q is %q, expected %q", english, got, want)
		}
	}
}

// Whatever a server sends is shown, at once.
func FuzzText(f *testing.F) {
	learn(f)
	language.Store(Chinese)
	f.Cleanup(func() { language.Store(English); chinese.Store(nil) })
	f.Add("a: b: the token does not allow this")
	f.Add("%s: %w {0} {1}: input 1 of 2: line 3: ")
	f.Fuzz(func(t *testing.T, english string) {
		if got := Text(english); got == "" && english != "" {
			t.Errorf("%q is shown as nothing", english)
		}
	})
}

// A name that turns the direction of letters turns no sentence.
func TestNamesTurnNoSentence(t *testing.T) {
	m := task.Model{Title: "a\u202eb", Labels: []string{"c\u2066d", "مرحبا"}}
	for got, want := range map[string]string{Title(m): "ab", Label(m, 0): "cd", Label(m, 1): "مرحبا",
		CleanName(" a\u202e\n b\u2069 "): "a b",
		FileName("a\u202ereb"):           "areb.wafer", plain("x\u202b"): "x",
		ScoreLabel(m, task.Score{Label: "\u202dz", Index: -1}): "z"} {
		if got != want {
			t.Errorf("%q is shown, expected %q", got, want)
		}
	}
}
