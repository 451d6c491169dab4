package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const casesDir = "../../nn/data/testdata/cases"

// textCase and imageCase are small recipes on one source.
func textCase(source string) string {
	return fmt.Sprintf(`{"name":"case","seed":1,"preprocess":{"kind":"text","data":{"train":[%s]},"text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":8}}},
	 "define":{"layers":[{"class":"Embedding","config":{"input_dim":100,"output_dim":4}},{"class":"GlobalAveragePooling1D","config":{}},{"class":"Dense","config":{"units":2,"activation":"softmax"}}]},
	 "loss":{"name":"categorical_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":1,"batch_size":8}}`, source)
}

func imageCase(source string) string {
	return fmt.Sprintf(`{"name":"case","seed":1,"preprocess":{"kind":"image","data":{"train":[%s]},"image":{"height":8,"width":8,"channels":3,"normalisation":"0..1"}},
	 "define":{"layers":[{"class":"Flatten","config":{}},{"class":"Dense","config":{"units":2,"activation":"softmax"}}]},
	 "loss":{"name":"categorical_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":1,"batch_size":8}}`, source)
}

// Files as people have them are trained on by the command and by a server alike, and both say what they left out.
func TestCasesAreTrainedOnHereAndThere(t *testing.T) {
	url := whole(t)
	for _, c := range []struct {
		recipe, samples, note string
	}{
		{textCase(`{"form":"csv","path":"table-columns/text-rating-sentiment.csv"}`), "24",
			`label from column "sentiment"`},
		{textCase(`{"form":"csv","path":"table-encodings/semi-1252.csv","header":true}`), "24", "read as windows-1252"},
		{textCase(`{"form":"table","path":"table-encodings/utf16le-tab.txt"}`), "24", "read as utf-16le"},
		{textCase(`{"form":"csv","path":"empty-label/empty-label.csv","header":true}`), "22",
			"2 × no label (line 5, line 10)"},
		{imageCase(`{"form":"folder","path":"stray-files-in-folders/notes"}`), "16",
			"1 × of another kind (cat/labels.txt)"},
		{imageCase(`{"form":"zip","path":"hidden-files-on-the-page/mac.zip"}`), "16", "8 × hidden"},
		{textCase(`{"form":"table","path":"workbooks/table-at-b2.xlsx"}`), "12", "a sheet of Excel"},
	} {
		recipe, here, there := filepath.Join(t.TempDir(), "r.json"), filepath.Join(t.TempDir(), "here.wafer"),
			filepath.Join(t.TempDir(), "there.wafer")
		put(t, recipe, []byte(c.recipe))
		out, err := runWafer(t, "train", recipe, "--data", casesDir, "--out", here)
		if err != nil || !strings.Contains(out, "trained on "+c.samples+" samples") || !strings.Contains(out, c.note) {
			t.Errorf("%.120s…: %v\n%s\nexpected %s samples and %q", c.recipe[strings.Index(c.recipe, `"form"`):], err,
				out, c.samples, c.note)
			continue
		}
		if err := cmdSubmit([]string{recipe, "--data", casesDir, "--server", url, "--out", there}); err != nil {
			t.Errorf("%s on a server: %v", c.note, err)
			continue
		}
		sameFile(t, there, here)
	}
}

func TestQuestionsAndBombsAreSentences(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "unsure.csv"),
		[]byte(strings.Repeat("some text here,A,x\nother text there,B,y\nmore of the text,A,y\nlast of the text,B,x\n",
			4)))
	lists, err := os.ReadFile(filepath.Join(casesDir, "packed-data-larger-than-memory/lists.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "lists.json.gz"), lists)
	for name, c := range map[string]struct{ recipe, want string }{
		"unsure": {textCase(`{"form":"csv","path":"unsure.csv"}`), "text_column, label_column and header"},
		"lists": {textCase(`{"form":"clinc","path":"lists.json.gz","part":"train"}`),
			"unpacks to more than 100 times its size"},
		"latin1": {strings.Replace(textCase(`{"form":"csv","path":"unsure.csv"}`), "case", "caf\xe9", 1),
			"expected UTF-8, found the byte 0xe9 in line 1"},
	} {
		recipe := filepath.Join(dir, name+".json")
		put(t, recipe, []byte(c.recipe))
		if _, err := runWafer(t, "train", recipe, "--data", dir, "--memory", "50MB"); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected an error with %q", name, err, c.want)
		}
	}
}

// Data in JSON is measured as data, with labels in any capitals; --encoding says how a table is written.
func TestJSONIsMeasuredAsData(t *testing.T) {
	model := filepath.Join("..", "..", "static", "models", "sentiment.wafer")
	dir := t.TempDir()
	for name, content := range map[string]string{
		"list.json":    `[{"text":"what a lovely day it was","label":"Positive"},{"text":"this is terrible, I hate it","label":"NEGATIVE"}]`,
		"columns.json": `{"text":["what a lovely day it was","this is terrible, I hate it"],"label":["positive","negative"]}`,
		"labels.json":  `{"positive":["what a lovely day it was"],"negative":["this is terrible, I hate it"]}`,
	} {
		put(t, filepath.Join(dir, name), []byte(content))
		out, err := runWafer(t, "eval", model, filepath.Join(dir, name))
		if err != nil || !strings.Contains(out, "accuracy 1.0000 on 2 samples") {
			t.Errorf("%s: %v\n%s\nexpected an accuracy of 1 on 2 samples", name, err, out)
		}
	}
	put(t, filepath.Join(dir, "polish.csv"), []byte("id;opinia\n1;\x9fle, good\n2;ok\n"))
	out, err := runWafer(t, "predict", model, filepath.Join(dir, "polish.csv"), "--encoding", "windows-1250",
		"--column", "opinia", "--json")
	if err != nil || strings.Count(out, "polish.csv:") != 2 {
		t.Errorf("predict --encoding: %v\n%s\nexpected two answers", err, out)
	}
}

func TestTablesArePredictedRowByRow(t *testing.T) {
	model := filepath.Join("..", "..", "static", "models", "sentiment.wafer")
	table := filepath.Join(t.TempDir(), "mails.csv")
	put(t, table, []byte("id;mail\n1;what a lovely day it was\n2;this is terrible, I hate it\n3;\n"))
	out, err := runWafer(t, "predict", model, table)
	if err != nil || !strings.Contains(out, "mails.csv:2:  positive") ||
		!strings.Contains(out, "mails.csv:3:  negative") || strings.Count(out, "\n") != 2 {
		t.Errorf("predict: %v\n%s\nexpected an answer to the texts of lines 2 and 3", err, out)
	}
	out, err = runWafer(t, "predict", model, table, "--column", "mail", "--json")
	if err != nil || strings.Count(out, `"name":"mails.csv:`) != 2 {
		t.Errorf("predict --column: %v\n%s", err, out)
	}
}
