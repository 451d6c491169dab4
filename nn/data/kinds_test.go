package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

var sentences = []string{"I love this place, really", "the worst day of my life", "what a great day", "not good at all",
	"we will come again soon", "never again, thank you",
	"a fine piece of work", "broken after two days", "so kind and helpful", "rude and slow staff",
	"best of all of them", "do not buy this thing"}

// table writes the sentences with a label in turn; cells are put together by row.
// A line sep= is no row, also where the delimiter is given.
func TestALineOfTheDelimiterIsNoRow(t *testing.T) {
	table, err := NewTable([]byte("sep=;\ntext;label\ngood, very;a\nbad, very;b\n"),
		recipe.Source{Form: "csv", Delimiter: ";"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(table.First(2)); got != "[[text label] [good, very a]]" || table.Width != 2 {
		t.Errorf("the first rows are %s, %d wide; expected the header", got, table.Width)
	}
}

func table(head string, row func(i int, text, label string) string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, s := range sentences {
		b.WriteString(row(i, s, [2]string{"pos", "neg"}[i%2]) + "\n")
	}
	return b.String()
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Tables as other people and programs write them: six of each class, whatever the names, the delimiter and the marks.
func TestTablesOfOtherKinds(t *testing.T) {
	plain := func(sep string) func(int, string, string) string {
		return func(i int, text, label string) string { return quoted(text) + sep + label }
	}
	for name, content := range map[string]string{
		"caret":             table("text^label\n", plain("^")),
		"ASCII's delimiter": table("", plain("\x1f")),
		"spaces behind commas": table("id, comment, category\n",
			func(i int, text, label string) string { return fmt.Sprintf("%d, %s, %s", i, quoted(text), label) }),
		"German": table("Nr;Kommentar;Klasse\n",
			func(i int, text, label string) string { return fmt.Sprintf("%d;%s;%s", i, quoted(text), label) }),
		"French":   table("phrase;catégorie\n", plain(";")),
		"Russian":  table("текст;класс\n", plain(";")),
		"Japanese": table("本文,感情\n", plain(",")),
		"Korean":   table("문장,감정\n", plain(",")),
		"Chinese": table("序号,评论,情感\n",
			func(i int, text, label string) string { return fmt.Sprintf("%d,%s,%s", i, quoted(text), label) }),
		"names of two words":     table("Customer Review,Overall Sentiment\n", plain(",")),
		"capitals":               table("REVIEW_TEXT,SENTIMENT_LABEL\n", plain(",")),
		"no header":              table("", plain(",")),
		"label first, no header": table("", func(i int, text, label string) string { return label + "\t" + text }),
		"dates and links": table("created_at,url,tweet,target\n", func(i int, text, label string) string {
			return fmt.Sprintf("2026-01-%02d 10:00,https://x.y/%d,%s,%s", i+1, i, quoted(text), label)
		}),
		"grades beside": table("text,stars,label\n",
			func(i int, text, label string) string { return fmt.Sprintf("%s,%d,%s", quoted(text), i%5, label) }),
		"an index without name": table(",text,label\n",
			func(i int, text, label string) string { return fmt.Sprintf("%d,%s,%s", i, quoted(text), label) }),
		"a title above":  "Table 1,\n" + table("text,label\n", plain(",")),
		"Numbers' title": "Sheet 1-Table 1\n" + table("text,label\n", plain(",")),
		"everything quoted": table("\"text\",\"label\"\n",
			func(i int, text, label string) string { return quoted(text) + "," + quoted(label) }),
		"sep with quotes": "\"sep=|\"\n" + table("text|label\n", plain("|")),
		"CR and a mark":   "\ufeff" + strings.ReplaceAll(table("text,label\n", plain(",")), "\n", "\r"),
		"labels that look alike": table("text,label\n", func(i int, text, label string) string {
			return quoted(text) + "," + [4]string{label, label + " ", "\u200b" + label, "\u00a0" + label}[i%4]
		}),
		"commas behind the rows": table("text,label,,\n",
			func(i int, text, label string) string { return quoted(text) + "," + label + ",," }),
	} {
		for _, form := range []string{"csv", "table"} {
			set, err := Read(folder(map[string]string{"f": content}), []recipe.Source{{Form: form, Path: "f"}},
				Options{})
			if err != nil {
				t.Errorf("%s as %s: %v", name, form, err)
				continue
			}
			if strings.Join(set.Labels, " ") != "neg pos" || !slices.Equal(counts(set), []int{6, 6}) ||
				set.Samples[0].Input.Text != sentences[0] {
				t.Errorf("%s as %s: %v of %v, first %q; expected six of neg and pos each, notes %q", name, form,
					counts(set), set.Labels, set.Samples[0].Input.Text, set.Notes)
			}
		}
	}
}

// Stars are labels also as 5.0, as pandas writes them beside empty cells; measurements are none.
func TestWholeNumbersWithAPointAreLabels(t *testing.T) {
	for _, c := range []struct {
		grades []string
		sure   bool
	}{{[]string{"5.0", "1.0"}, true}, {[]string{"5,0", "1,0"}, true}, {[]string{"0.25", "0.75"}, false}} {
		content := table("review;rating\n", func(i int, text, _ string) string {
			return quoted(text) + ";" + c.grades[i%2]
		})
		got, err := NewTable([]byte(content), recipe.Source{Form: "csv"})
		if err != nil || got.Sure != c.sure || c.sure && got.Label != 1 {
			t.Errorf("%q: label in column %d, sure %v (%v); expected sure %v", c.grades, got.Label, got.Sure, err,
				c.sure)
		}
	}
}

// Marks that close nothing are text: no row is lost in them, and a note says so.
func TestOddMarksSwallowNoRows(t *testing.T) {
	for name, c := range map[string]struct {
		rows []string
		want []string
		note bool
	}{
		"one that opens": {[]string{`"Wow,pos`, `fine,neg`, `he said "hi" to me,pos`, `ok,neg`},
			[]string{`"Wow`, "fine", `he said "hi" to me`, "ok"}, true},
		"one that opens and closes": {[]string{`"Wow,pos`, `fine",neg`, `good,pos`, `ok,neg`},
			[]string{`"Wow`, `fine"`, "good", "ok"}, true},
		"inches": {[]string{`5" disk,pos`, `a 3" one,neg`, `good,pos`, `"quoted, well",neg`},
			[]string{`5" disk`, `a 3" one`, "good", "quoted, well"}, false},
		"marks inside marks": {[]string{`"he said "hi" to me",pos`, `fine,neg`, `good,pos`, `ok,neg`},
			[]string{`he said "hi" to me`, "fine", "good", "ok"}, false},
		"a word at the start": {[]string{`"Good" they say,pos`, `"Bad" they say,neg`, `good,pos`, `ok,neg`},
			[]string{`"Good" they say`, `"Bad" they say`, "good", "ok"}, true},
		"lines in a cell": {[]string{"\"two\nlines, and more\",pos", `"with ""marks"", too",neg`, `good,pos`,
			`ok,neg`}, []string{"two\nlines, and more", `with "marks", too`, "good", "ok"}, false},
		"the last is open": {[]string{`fine,pos`, `ok,neg`, `good,pos`, `"never closed,neg`},
			[]string{"fine", "ok", "good", `"never closed`}, true},
	} {
		set, err := Read(folder(map[string]string{"f": "text,label\n" + strings.Join(c.rows, "\n") + "\n"}),
			[]recipe.Source{{Form: "csv", Path: "f"}}, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, s := range set.Samples {
			got = append(got, s.Input.Text)
		}
		if noted := strings.Contains(strings.Join(set.Notes, "\n"), "closes nothing"); !slices.Equal(got, c.want) ||
			noted != c.note {
			t.Errorf("%s: read %q, noted %v; expected %q, %v", name, got, noted, c.want, c.note)
		}
	}
}

// One character that a program cut in the middle costs itself, not the encoding of the whole table; the note counts it.
func TestABrokenCharacterIsCounted(t *testing.T) {
	content := "评论,标签\n这家店的服务很好,好评\n质量太差\xe4\xba,差评\n物流很快,好评\n不会再买,差评\n"
	set := readOne(t, content, recipe.Source{Form: "csv", Path: "f"}, Options{})
	note := "read as utf-8, broken characters: 1,"
	if !slices.Equal(set.Labels, []string{"好评", "差评"}) || set.Samples[1].Input.Text != "质量太差\ufffd" ||
		!strings.Contains(strings.Join(set.Notes, "\n"), note) {
		t.Errorf("read %q of %q, notes %q; expected 质量太差\ufffd and a note with %q",
			set.Samples[1].Input.Text, set.Labels, set.Notes, note)
	}
}

func TestLabelsThatLookAlikeAreOne(t *testing.T) {
	for given, want := range map[string]string{
		" pos ": "pos", "\ufeffpos": "pos", "p\u200bos": "pos", "a\u00a0b": "a b", "a \t b": "a b",
		"cafe\u0301": "café", "\u3000好评\u3000": "好评", "a\u00adb": "ab",
		"\u200e\u200fx\u202c": "x", "👨\u200d👩\u200d👧": "👨\u200d👩\u200d👧", "می\u200cخواهم": "می\u200cخواهم",
		"ab\u200dc": "abc", " \u200b ": "", "x\x00y": "x y",
	} {
		if got := Label(given); got != want {
			t.Errorf("%q is the label %q, expected %q", given, got, want)
		}
	}
}

// What programs write in place of a label is none, at both doors; a map or the labels of a recipe may name it all the
// same.
func TestLabelsThatAreMissing(t *testing.T) {
	content := "text,label\na fine day,pos\na bad day,neg\nno idea,NaN\nwho knows,#N/A\nsome,#WERT!\nwell,None\n" +
		"fine,pos\n"
	source := recipe.Source{Form: "csv", Path: "f"}
	set := readOne(t, content, source, Options{})
	if !slices.Equal(set.Labels, []string{"None", "neg", "pos"}) || len(set.Samples) != 4 ||
		!strings.Contains(strings.Join(set.Notes, "\n"), "3 × no label (line 4, line 5, line 6)") {
		t.Errorf("read %d samples of %q, notes %q; expected 4 of None, neg and pos and three without a label",
			len(set.Samples), set.Labels, set.Notes)
	}
	table, err := NewTable([]byte(content), source)
	if err != nil {
		t.Fatal(err)
	}
	if rows, left, err := table.Take(100, false); err != nil || len(rows) != 4 || len(left) != 1 || left[0].Count != 3 {
		t.Errorf("took %d rows, left %v (%v), expected 4 and three without a label", len(rows), left, err)
	}
	source.Map = map[string][]string{"known": {"pos", "neg", "None"}, "unknown": {"NaN"}}
	if set = readOne(t, content, source, Options{}); len(set.Samples) != 5 {
		t.Errorf("with a map that has NaN: read %d samples, expected 5, notes %q", len(set.Samples), set.Notes)
	}
}

// A label of one sample beside labels of many is named: a line of totals, a second row of names.
func TestLoneLabelsAreNamed(t *testing.T) {
	rows := strings.Repeat("a fine day,pos\na bad day,neg\n", 4)
	for content, want := range map[string]string{
		"text,label\n" + rows + "Total,8\n":              `labels of one sample only: "8" (file:10)`,
		"comment,category\nOpen-Ended,Response\n" + rows: `labels of one sample only: "Response" (file:2)`,
		"text,label\n" + rows:                            "",
		"text,label\na fine day,pos\na bad day,neg\n":    "",
	} {
		set := readOne(t, content, recipe.Source{Form: "csv"}, Options{})
		if got := strings.Join(set.Notes[1:], "\n"); got != want {
			t.Errorf("%.40q: the notes say %q, expected %q", content, got, want)
		}
	}
}

// A picture that is cut short or none costs itself, not the folder: it is left out and named.
func TestDamagedPicturesAreLeftOut(t *testing.T) {
	whole := pngFile(8)
	files := map[string]string{"set/cat/1.png": whole, "set/cat/2.png": pngFile(9), "set/dog/1.png": pngFile(7),
		"set/dog/cut.png": whole[:len(whole)-12], "set/dog/page.jpg": "<!DOCTYPE html>404", "set/dog/zero.jpg": ""}
	set, err := Read(folder(files), []recipe.Source{{Form: "folder", Path: "set"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(set.Notes, "\n")
	for _, want := range []string{"2 × cannot be read", "dog/cut.png: this PNG picture is cut short",
		"dog/page.jpg: this is not a picture", "1 × empty (dog/zero.jpg)"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q, expected %q", notes, want)
		}
	}
	if !slices.Equal(counts(set), []int{2, 1}) {
		t.Errorf("%v pictures, expected 2 and 1", counts(set))
	}
	for name := range files {
		if !strings.Contains(name, "cut") && !strings.Contains(name, "page") {
			delete(files, name)
		}
	}
	_, err = Read(folder(files), []recipe.Source{{Form: "folder", Path: "set"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("a folder of damaged pictures: %v, expected an error that says what is wrong with them", err)
	}
}

// Files that are no text are not read as one.
func TestForeignFilesAreNoTables(t *testing.T) {
	for content, want := range map[string]string{gzipped("text,label\na,b\n"): "packed by gzip",
		"PAR1\x15\x04\x15": "Parquet", "7z\xbc\xaf\x27\x1c": "7z", "PK\x03\x04\x14": "workbook"} {
		if _, err := NewTable([]byte(content), recipe.Source{Form: "csv"}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.8q: %v, expected an error with %q", content, err, want)
		}
	}
}

// Names of columns without rows below are no sample.
func TestATableOfNamesAloneIsEmpty(t *testing.T) {
	for _, content := range []string{"text,label\n", "review;sentiment"} {
		set, err := Read(folder(map[string]string{"f": content}), []recipe.Source{{Form: "csv", Path: "f"}}, Options{})
		if err == nil || !strings.Contains(err.Error(), "the data set is empty") {
			t.Errorf("%q: %+v (%v), expected an error that says it is empty", content, set, err)
		}
	}
}

func TestAQuestionStaysShort(t *testing.T) {
	_, err := Read(folder(map[string]string{"f": strings.Repeat(strings.Repeat("a,", 5000)+"\n", 9)}),
		[]recipe.Source{{Form: "csv", Path: "f"}}, Options{})
	if err == nil || !strings.HasSuffix(err.Error(), `11: "a" … (5001)`) || len(err.Error()) > 1000 {
		t.Errorf("%.400v: expected a question that shows 12 of 5001 cells", err)
	}
}

// old makes an archive whose names are bytes of an old encoding, without the flag of UTF-8.
func old(names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, _ := z.CreateRaw(&zip.FileHeader{Name: n, NonUTF8: true, UncompressedSize64: 1, CompressedSize64: 1,
			CRC32: 0x8cdc1683, Method: zip.Store})
		w.Write([]byte("x"))
	}
	z.Close()
	return b.String()
}

// Names of folders come out right whichever program packed them.
func TestArchivesOfOtherPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		archive string
		labels  []string
	}{
		"Windows in China (GBK)": {old("\xba\xc3\xc6\xc0/1.txt", "\xba\xc3\xc6\xc0/2.txt",
			"\xb2\xee\xc6\xc0/\xce\xd2\xc3\xc7.txt"), []string{"好评", "差评"}},
		"Windows in Japan (Shift-JIS)": {old("\x97\xc7\x82\xa2/1.txt", "\x88\xab\x82\xa2/2.txt"), []string{"悪い", "良い"}},
		"DOS (CP437)":                  {old("caf\x82/1.txt", "th\x82/2.txt"), []string{"café", "thé"}},
		"UTF-8 without the flag":       {old("café/1.txt", "好评/2.txt"), []string{"café", "好评"}},
		"backslashes":                  {old(`set\cat\1.txt`, `set\dog\2.txt`), []string{"cat", "dog"}},
		"macOS, decomposed":            {old("cafe\u0301/1.txt", "dog/1.txt"), []string{"café", "dog"}},
		"a wrapping folder and stray": {old("pets-main/README.txt", "pets-main/cat/1.txt", "pets-main/dog/1.txt",
			"__MACOSX/pets-main/._cat"), []string{"cat", "dog"}},
	} {
		set, err := Read(folder(map[string]string{"z": c.archive}), []recipe.Source{{Form: "zip", Path: "z"}},
			Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := slices.Sorted(slices.Values(set.Labels)); !slices.Equal(got, slices.Sorted(slices.Values(c.labels))) {
			t.Errorf("%s: the classes are %q, expected %q", name, got, c.labels)
		}
	}
	for name, want := range map[string]string{"../up/1.txt": "with ..", "a/../../1.txt": "with ..",
		"/etc/1.txt": "absolute name", `C:\a\1.txt`: "absolute name", `..\a\1.txt`: "with .."} {
		if _, err := Read(folder(map[string]string{"z": old(name, "a/1.txt")}),
			[]recipe.Source{{Form: "zip", Path: "z"}}, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected an error with %q", name, err, want)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a/link"}
	h.SetMode(0o777 | 1<<27) // fs.ModeSymlink
	w, _ := z.CreateHeader(h)
	w.Write([]byte("/etc/passwd"))
	z.Close()
	if _, err := Read(folder(map[string]string{"z": b.String()}), []recipe.Source{{Form: "zip", Path: "z"}},
		Options{}); err == nil || !strings.Contains(err.Error(), `found the link "a/link"`) {
		t.Errorf("a link in an archive: %v", err)
	}
}

// Folders called train, val and test are the parts of a split.
func TestFoldersThatAreASplit(t *testing.T) {
	files := map[string]string{}
	for _, part := range []string{"train", "Valid", "test"} {
		for _, class := range []string{"cat", "dog"} {
			for i := range map[string]int{"train": 4, "Valid": 2, "test": 1}[part] {
				files[fmt.Sprintf("set/pets/%s/%s/%d.txt", part, class, i)] = part
			}
		}
	}
	files["set/pets/test/bird/0.txt"], files["set/pets/test/unlabelled.txt"] = "test", "x"
	p := recipe.Preprocess{Kind: "text", Data: recipe.Data{Train: []recipe.Source{{Form: "folder", Path: "set"}}}}
	d, notes, err := Load(folder(files), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Train) != 8 || len(d.Validation) != 4 || len(d.Test) != 2 ||
		!slices.Equal(d.Labels, []string{"cat", "dog"}) {
		t.Errorf("parts of %d, %d and %d with the labels %v; expected 8, 4 and 2 of cat and dog", len(d.Train),
			len(d.Validation), len(d.Test), d.Labels)
	}
	if s := strings.Join(notes, "\n"); !strings.Contains(s, "unlabelled.txt") ||
		!strings.Contains(s, "of a class that has no training samples") {
		t.Errorf("notes %q, expected the file beside the classes and the class without training samples", notes)
	}
}

// A split is found by whatever its folders are called, and never made classes of; what is no split stays classes.
func TestFoldersOfASplitByOtherNames(t *testing.T) {
	for list, want := range map[string]string{
		"training_set/cat/1 training_set/dog/2 test_set/cat/3": "train cat, train dog, test cat",
		"train_data/cat/1 train_data/dog/2 val_data/dog/3":     "train cat, train dog, validation dog",
		"seg_train/seg_train/cat/1 seg_train/seg_train/dog/2 " +
			"seg_test/seg_test/dog/3 seg_pred/4": "train cat, train dog, test dog",
		"train2017/cat/1 train2017/dog/2 val2017/cat/3":                    "train cat, train dog, validation cat",
		"训练/猫/1 训练/狗/2 测试/猫/3":                                             "train 猫, train 狗, test 猫",
		"entrai\u0302nement/chat/1 entrai\u0302nement/chien/2 test/chat/3": "train chat, train chien, test chat",
		"train/cat/1 train/dog/2 test/dog/old/3":                           "train cat, train dog, test dog",
		"train/cat/1 train/dog/2 test/cat/3 samples/4":                     "train cat, train dog, test cat",
		"train_station/1 test_tube/2":                                      " train_station,  test_tube",
		"train/1 bus/2 test/3":                                             " train,  bus,  test",
		"toy-train/red/1 toy-train/blue/2 bus/3":                           " toy-train,  toy-train,  bus",
	} {
		var files []File
		for _, name := range strings.Fields(list) {
			files = append(files, NewFile(name+".jpg", []byte("x")))
		}
		got := map[string]string{}
		for _, p := range Arrange(files, "").Files {
			got[p.Path] = string(p.Part) + " " + p.Class
		}
		var all []string
		for _, f := range files {
			if place := got[f.Path]; place != "" {
				all = append(all, place)
			}
		}
		if strings.Join(all, ", ") != want {
			t.Errorf("%s: placed as %q, expected %q", list, strings.Join(all, ", "), want)
		}
	}
}

func FuzzArrange(f *testing.F) {
	f.Add("a/1.png\nb/2.png\nREADME.txt")
	f.Add("w/train/a/1.txt\nw/test/b/2.txt\n../x.txt\n/abs/y.txt\nC:/z.txt")
	f.Fuzz(func(t *testing.T, list string) {
		var files []File
		for _, name := range strings.Split(list, "\n") {
			files = append(files, NewFile(name, []byte("x")))
		}
		a := Arrange(files, "")
		n := len(a.Files) + len(a.Tables)
		for _, l := range a.Left {
			n += l.Count
		}
		if n != len(files) {
			t.Errorf("%d files are placed or counted, expected %d", n, len(files))
		}
		for _, p := range a.Files {
			if p.Class == "" || strings.Contains(p.Path, "..") && strings.HasPrefix(p.Path, "..") ||
				KindOf(p.Path) != a.Kind {
				t.Errorf("placed %+v of kind %s", p, a.Kind)
			}
		}
	})
}

func FuzzNewTable(f *testing.F) {
	f.Add([]byte("text,label\n\"a\nb\",x\n\"c,y\n"))
	f.Add([]byte("sep=;\na;\"b\";c\n"))
	f.Add([]byte("[{\"a\": [1, null]}, {\"b\": {}}]"))
	f.Add([]byte("{\"data\": [[\"a\", \"b\"]], \"columns\": [\"text\"]}"))
	f.Add([]byte("{\"text\": {\"0\": \"a\"}, \"label\": {\"0\": \"b\", \"x\": {\"y\": 1}}}"))
	f.Add([]byte("{\"a\": [\"b\", 1], \"c\": []}"))
	f.Add([]byte("| a | b |\n|---|\n| \\| | c |\n"))
	f.Add([]byte("__label__a __label__b text\n__label__\n"))
	f.Add([]byte("a,\"x \\\"y\\\", z\\\\\",b\n\\N,c\\,d,\\\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, form := range []string{"csv", "tsv", "jsonl", "table"} {
			table, err := NewTable(slices.Clone(b), recipe.Source{Form: form})
			if err != nil {
				continue
			}
			if table.Text < 0 || table.Label == table.Text && table.Label >= 0 && table.Sure {
				t.Errorf("%q as %s: columns %+v", b, form, table.Columns)
			}
			if _, _, err := table.Take(1000, false); err != nil && !strings.Contains(err.Error(), "at most") {
				t.Errorf("%q as %s: found out and then not read: %v", b, form, err)
			}
			table.Use(Columns{Text: 5, Label: 3, Header: true})
			table.Take(10, true)
			_ = table.Question()
		}
	})
}

// A label that no model may have is refused with its place before anything is trained.
func TestLabelsThatAreNoNames(t *testing.T) {
	essay := strings.Repeat("word ", 1000)
	for name, c := range map[string]struct{ content, says string }{
		"a text in place of a label": {"text,label\na fine day,pos\na bad day,\"" + essay + "\"\n",
			"f:3: the label is 4999 bytes long, at most 1024 are read"},
		"turned": {"text,label\na fine day,pos\na bad day,gpj.\u202eexe\n", ""}, // what nobody sees is left out
	} {
		fsys := fstest.MapFS{"f": {Data: []byte(c.content)}}
		set, err := Read(fsys, []recipe.Source{{Form: "csv", Path: "f", TextColumn: "text", LabelColumn: "label"}},
			Options{Kind: task.Text})
		if (err == nil) != (c.says == "") || err != nil && err.Error() != c.says {
			t.Errorf("%s: got %.200v, expected %q", name, err, c.says)
		}
		if err == nil && !slices.Equal(set.Labels, []string{"gpj.exe", "pos"}) {
			t.Errorf("%s: read the labels %q, expected gpj.exe and pos", name, set.Labels)
		}
	}
	var many strings.Builder
	many.WriteString("text,label\n")
	for i := range 1<<16 + 1 {
		fmt.Fprintf(&many, "text %d,label %d\n", i, i)
	}
	_, err := Read(fstest.MapFS{"f": {Data: []byte(many.String())}},
		[]recipe.Source{{Form: "csv", Path: "f", TextColumn: "text", LabelColumn: "label"}}, Options{})
	if want := "the data has 65537 labels, at most 65536 are read"; err == nil || err.Error() != want {
		t.Errorf("65537 labels: got %v, expected %q", err, want)
	}
}
