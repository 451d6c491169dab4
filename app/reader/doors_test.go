package reader

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wafer/app/bridge"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// archive packs names and contents.
func archive(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(pairs[i+1]))
	}
	z.Close()
	return b.String()
}

// packed is a text as gzip packs it.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var opinions = []string{"I love this place, really", "the worst day of my life", "what a great day", "not good at all",
	"we will come again soon", "never again, thank you", "a fine piece of work", "broken after two days",
	"so kind and helpful", "rude and slow staff", "best of all of them", "do not buy this thing"}

// lines writes the opinions with labels in turn below a header.
func lines(head, format string) string {
	for i, o := range opinions {
		head += fmt.Sprintf(format, o, [2]string{"pos", "neg"}[i%2]) + "\n"
	}
	return head
}

// onThePage is what the page has read of a file, "label text" each; asked says that the page asks about it.
func onThePage(name, content string) (got []string, asked bool, err error) {
	req := bridge.ReadRequest{Kind: task.Text, Most: 100, Files: []bridge.Name{{Path: name, Size: int64(len(content))}}}
	answer, _, err := read(bridge.Asked[bridge.None]{Buffers: [][]byte{[]byte(content)}}, req)
	for _, table := range answer.Tables {
		if table.Error != "" {
			return nil, false, fmt.Errorf("%s", table.Error)
		}
		asked = asked || !table.Sure
		for _, r := range table.Rows {
			got = append(got, r.Label+" "+r.Text)
		}
	}
	for _, f := range answer.Files {
		got = append(got, f.Class+" "+f.Text)
	}
	return got, asked, err
}

// inARecipe is what a recipe on the command line and on the server reads of it.
func inARecipe(name, content string) (got []string, err error) {
	form := map[string]string{"zip": "zip", "csv": "csv", "jsonl": "jsonl"}[name[strings.LastIndex(name, ".")+1:]]
	if form == "" {
		form = "table"
	}
	set, err := data.Read(fstest.MapFS{name: {Data: []byte(content)}}, []recipe.Source{{Form: form, Path: name}},
		data.Options{})
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Concat(set.Samples, set.Validation, set.Test) {
		got = append(got, set.Labels[s.Label]+" "+s.Input.Text)
	}
	return got, nil
}

// A file gives the same samples at every door, or is asked about or refused at every door.
func TestEveryDoorReadsTheSame(t *testing.T) {
	plain := lines("text,label\n", "\"%s\",%s")
	wide := func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return string(b)
	}
	files := map[string]string{
		"plain.csv":       plain,
		"spaces.csv":      lines("text,label\n", "\"  %s \", %s "),
		"crlf.csv":        strings.ReplaceAll(plain, "\n", "\r\n"),
		"cr.csv":          strings.ReplaceAll(plain, "\n", "\r"),
		"bom.csv":         "\ufeff" + plain,
		"utf16.csv":       wide(plain),
		"utf16.txt":       wide(lines("", "%s\t%s")),
		"semi.csv":        lines("text;label\n", "%s;%s"),
		"tab.csv":         lines("text\tlabel\n", "%s\t%s"),
		"tab.tsv":         lines("text\tlabel\n", "%s\t%s"),
		"tab.txt":         lines("", "%s\t%s"),
		"first.txt":       lines("label\ttext\n", "%[2]s\t%[1]s"),
		"pipe.txt":        lines("text|label\n", "%s|%s"),
		"sep.csv":         "sep=;\n" + lines("text;label\n", "%s;%s"),
		"unquoted.csv":    lines("text,label\n", "%s,%s"),
		"last.csv":        lines("label,text\n", "%[2]s,%[1]s"),
		"wide.csv":        lines("文本；标签\n", "%s；%s"),
		"latin.csv":       lines("text;label\n", "caf\xe9 %s;%s"),
		"mac.csv":         lines("text;label\n", "tr\x8fs d\x8e\x8du %s;%s"),
		"polish.csv":      lines("text;label\n", "\x9fle, \xbfe %s;%s"),
		"greek.csv":       lines("text;label\n", "\xea\xe1\xeb\xfc \xea\xe1\xea\xfc %s;%s"),
		"koi.csv":         lines("text;label\n", "\xd0\xcc\xcf\xc8\xcf \xc8\xcf\xd2\xcf\xdb\xcf %s;%s"),
		"gbk.csv":         lines("text;label\n", "\xba\xc3\xc6\xc0 %s;%s"),
		"eucjp.csv":       lines("text;label\n", "\xce\xc9\xa4\xa4\xc5\xb9\xa4\xc7\xa4\xb9 %s;%s"),
		"markdown.md.txt": lines("| text | label |\n|---|---|\n", "| %s | %s |"),
		"psql.txt":        lines(" text | label \n---+---\n", " %s | %s "),
		"mysql.csv":       lines("text,label\n", `"%s \"so\"",%s`),
		"null.csv":        plain + "\\N,pos\n\"so it is\",\\N\n",
		"fast.txt":        lines("", "__label__%[2]s %[1]s"),
		"case.csv":        plain + "\"one more\",POS\n",
		"emoji.csv":       lines("text,label\n", "\"%s\",%s❤️") + "last,pos❤\n",
		"list.json":       `[{"text":"a day","label":"pos"},{"text":"a night","label":"neg"}]`,
		"data.json":       `{"data":[{"text":" a day","label":"pos"},{"text":"a night ","label":"neg"}]}`,
		"columns.json":    `{"text":["a day","a night"],"label":["pos","neg"]}`,
		"labels.json":     `{"pos":["a day"],"neg":["a night","b"]}`,
		"lines.jsonl": "{\"a\":{\"text\":\"a day\"},\"label\":\"pos\"}\n" +
			"{\"a\":{\"text\":\"a night\"},\"label\":\"neg\"}\n",
		"lines.ndjson": "{\"text\":\"a\",\"label\":\"b\"}\n",
		"keys.json":    `{"1":{"text":"a day","label":"pos"},"2":{"text":"a night","label":"neg"}}`,
		"nan.csv":      plain + "well,NaN\nso,#N/A\n",
		"empty.csv":    "",
		"head.csv":     "text,label\n",
		"blank.csv":    "\n\n,\n",
		"zero.csv":     "text,label\n\x00\x00,pos\nab,neg\n",
		"cut.csv":      plain + "\"never closed,pos\n",
		"total.csv":    plain + "Total,12\n",
		"title.csv":    "Export of today\n\n" + plain,
		"wrap.csv":     lines("id,text,label\n", "1,\"%s\nand more\",%s"),
		"stars.csv":    lines("review,stars,label\n", "\"%s\",5,%s"),
		"two.csv":      lines("a,b,c\n", "\"%s\",%[2]s,x%[2]s"),
		"one.txt":      strings.Join(opinions, "\n"),
		"broken.json":  `[{"text":`,
		"half.json":    `[{"text":"\ud83d"}]`,
		"number.json":  "17",
		"deep.json":    strings.Repeat("[", 2000),
		"plain.csv.gz": packed(t, plain),
		"packed.csv":   packed(t, plain),
		"cut.csv.gz":   packed(t, plain)[:60],
		"gz.csv":       "\x1f\x8b\x08\x00",
		"pdf.csv":      "%PDF-1.7",
		"old.xls":      "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"png.csv":      "\x89PNG\r\n\x1a\n",
		"ods.csv":      archive(t, "mimetype", "x", "content.xml", "<x/>"),
		"folders.zip": archive(t, "set/pos/1.txt", " a fine day\r\n", "set/neg/1.txt", "a bad day", "set/neg/2.txt",
			" \n", "set/README.md", "#", "__MACOSX/set/._x", "x"),
		"split.zip":  archive(t, "train/pos/1.txt", "one", "train/neg/2.txt", "two", "test/pos/3.txt", "three"),
		"csv.zip":    archive(t, "export/data.csv", plain),
		"tables.zip": archive(t, "train.csv", plain, "test.csv", plain),
		"up.zip":     archive(t, "../a/1.txt", "x", "b/2.txt", "y"),
		"none.zip":   archive(t, "a.bin", "x"),
		"case.zip":   archive(t, "Pos/1.txt", "one", "pos/2.txt", "two", "pos/3.txt", "three", "neg/4.txt", "four"),
	}
	if len(files) < 60 {
		t.Fatalf("%d files, expected 60 or more", len(files))
	}
	for name, content := range files {
		if n, known := map[string]int{"plain.csv": 12, "plain.csv.gz": 12, "case.csv": 13, "null.csv": 12,
			"tables.zip": 24, "folders.zip": 2, "head.csv": 0}[name]; known {
			if got, _, _ := onThePage(name, content); len(got) != n {
				t.Errorf("%s: the page reads %d samples, expected %d", name, len(got), n)
			}
		}
		page, asked, pageErr := onThePage(name, content)
		there, err := inARecipe(name, content)
		refused := pageErr != nil || asked || len(page) == 0
		for i := range page {
			if page[i][0] == ' ' { // without a class, which the page asks for and a recipe refuses
				refused = true
			}
		}
		slices.Sort(page)
		slices.Sort(there)
		switch {
		case refused != (err != nil):
			t.Errorf("%s: the page reads %q (asks: %v, %v), a recipe %q (%v)", name, page, asked, pageErr, there, err)
		case !refused && !slices.Equal(page, there):
			t.Errorf("%s: the page reads\n%q\na recipe\n%q", name, page, there)
		}
	}
}

// Pictures of an archive that are cut short, none, or of a format that is not read are left out at every door.
func TestEveryDoorTakesTheSamePictures(t *testing.T) {
	whole := "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00" +
		",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
	heic := "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
	content := archive(t, "set/cat/1.gif", whole, "set/cat/2.jpg", whole, "set/dog/3.png", whole, "set/dog/4.jpg", heic,
		"set/dog/5.heic", heic,
		"set/dog/6.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "set/dog/7.png", "", "set/dog/8.jpg", "<!DOCTYPE html>",
		"set/dog/9.bmp", "BM", "set/Thumbs.db", "x")
	answer, out, err := read(bridge.Asked[bridge.None]{Buffers: [][]byte{[]byte(content)}},
		bridge.ReadRequest{Kind: task.Image, Most: 100,
			Files: []bridge.Name{{Path: "set.zip", Size: int64(len(content))}}})
	if err != nil {
		t.Fatal(err)
	}
	var page []string
	for _, f := range answer.Files {
		page = append(page, f.Class+" "+string(out[f.Buffer]))
	}
	set, err := data.Read(fstest.MapFS{"set.zip": {Data: []byte(content)}},
		[]recipe.Source{{Form: "zip", Path: "set.zip"}}, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, s := range set.Samples {
		there = append(there, set.Labels[s.Label]+" "+string(s.Input.File))
	}
	if len(page) != 3 || !slices.Equal(page, there) {
		t.Errorf("the page takes %q, a recipe %q; expected the three pictures", page, there)
	}
	var left []string
	for _, l := range answer.Left {
		left = append(left, fmt.Sprintf("%s %d", l.Why, l.Count))
	}
	slices.Sort(left)
	if got := strings.Join(left, ", "); got != "empty 1, format 2, hidden 1, unread 3" {
		t.Errorf("the page leaves out %s, expected one empty, two of another format, "+
			"one hidden and three that cannot be read", got)
	}
}
