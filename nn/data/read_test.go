package data

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"image"
	"image/png"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/vision"
)

func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func zipped(files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: files[i], Method: uint16(i/2%2) * zip.Deflate})
		w.Write([]byte(files[i+1]))
	}
	z.Close()
	return b.String()
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func pngFile(side int) string {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)))
	return b.String()
}

func readOne(t *testing.T, content string, s recipe.Source, o Options) *Set {
	t.Helper()
	s.Path = "file"
	set, err := Read(folder(map[string]string{"file": content}), []recipe.Source{s}, o)
	if err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	return set
}

func numbers(s *Set) (list []int) {
	for _, one := range s.Samples {
		list = append(list, one.Label)
	}
	return list
}

func counts(s *Set) []int {
	n := make([]int, len(s.Labels))
	for _, l := range numbers(s) {
		n[l]++
	}
	return n
}

func hashOf(s *Set) string { return Dataset{Labels: s.Labels, Train: s.Samples}.Hash() }

func wantTexts(t *testing.T, s *Set, want ...string) {
	t.Helper()
	got := []string{}
	for _, one := range s.Samples {
		class := "?"
		if one.Label >= 0 {
			class = s.Labels[one.Label]
		}
		got = append(got, class+"="+one.Input.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("read %q, expected %q", got, want)
	}
}

func TestTables(t *testing.T) {
	tsv, csv, jsonl := recipe.Source{Form: "tsv"}, recipe.Source{Form: "csv"}, recipe.Source{Form: "jsonl"}
	with := func(s recipe.Source, text, label string, header bool) recipe.Source {
		s.TextColumn, s.LabelColumn = text, label
		if header {
			s.Header = new(true)
		}
		return s
	}
	several := with(tsv, "0", "1", false)
	several.Separator, several.Map = ",", map[string][]string{"good": {"1", "2"}, "bad": {"3"}}
	for _, c := range []struct {
		name, content string
		source        recipe.Source
		want          []string
	}{
		{"label and text", "ham\thello\nspam\tbuy now", tsv, []string{"ham=hello", "spam=buy now"}},
		{"quotes in TSV stay", "a\t\"open\nb\t'x'\n", tsv, []string{"a=\"open", "b='x'"}},
		{"blank lines and CRLF", "a\tone\r\n\r\nb\ttwo\r\n", tsv, []string{"a=one", "b=two"}},
		{"byte order mark", "\ufeffa\tone\n", tsv, []string{"a=one"}},
		{"UTF-16", "\xff\xfea\x00\t\x00\xe9\x00\n\x00", tsv, []string{"a=é"}},
		{"UTF-16 big endian", "\xfe\xff\x00a\x00\t\x00\xe9", tsv, []string{"a=é"}},
		{"Windows-1252", "a\tcaf\xe9 \x80 \x93ok\x94 \x81\n", tsv, []string{"a=café € “ok” \u0081"}},
		{"gzip", gzipped("a\tone\n"), tsv, []string{"a=one"}},
		{"columns by name", "id\tlabel\ttext\n1\tx\thello\n", with(tsv, "", "", true), []string{"x=hello"}},
		{"columns by number", "1\tx\thello\n", with(tsv, "2", "1", false), []string{"x=hello"}},
		{"number under a header", "a,b\nhello,x\n", with(csv, "0", "b", true), []string{"x=hello"}},
		{"several labels mapped", "one\t1,2\ntwo\t3\nboth\t1,3\nnone\t7\nsome\t2,7\n", several,
			[]string{"good=one", "bad=two", "good=some"}},
		{"CSV with quotes", "\"hello, \"\"you\"\"\",x\n\"two\nlines\",y\n", csv,
			[]string{"x=hello, \"you\"", "y=two\nlines"}},
		{"CSV with a stray quote", "5\" disk,x\n", csv, []string{"x=5\" disk"}},
		{"CSV with semicolons", "text;label\n\"one; two\";x\n1,5;y\n", with(csv, "", "", true),
			[]string{"x=one; two", "y=1,5"}},
		{"CSV with short rows", "a,x,extra\nb,x\nc,y,\nd\n", with(csv, "0", "1", false), []string{"x=a", "x=b", "y=c"}},
		{"CSV with a comma in a text", "one,x\ntwo, three,x\nfour,y\n", csv,
			[]string{"x=one", "x=two, three", "y=four"}},
		{"CSV with a row that is cut", "one,x\ntwo, three,z\nfour,y\n", csv, []string{"x=one", "y=four"}},
		{"empty text is left out", "a\t\nb\t \nc\tok\n", tsv, []string{"c=ok"}},
		{"JSONL", "{\"text\": \"one\", \"label\": \"x\"}\n\n{\"label\": 3, \"text\": \"two\"}\r\n", jsonl,
			[]string{"x=one", "3=two"}},
		{"JSONL with a list", "{\"t\": \"one\", \"l\": [\"x\"]}\n{\"t\": \"two\", \"l\": [\"x\", \"y\"]}",
			with(jsonl, "t", "l", false), []string{"x=one"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantTexts(t, readOne(t, c.content, c.source, Options{}), c.want...) })
	}
}

func TestClassesAreTheRecipesOrSorted(t *testing.T) {
	s := readOne(t, "b\tone\na\ttwo\n", recipe.Source{Form: "tsv"}, Options{})
	if !slices.Equal(s.Labels, []string{"a", "b"}) || !slices.Equal(numbers(s), []int{1, 0}) {
		t.Errorf("labels %v, numbers %v; expected sorted names", s.Labels, numbers(s))
	}
	s = readOne(t, "b\tone\na\ttwo\n", recipe.Source{Form: "tsv"}, Options{Labels: []string{"b", "a", "c"}})
	if !slices.Equal(numbers(s), []int{0, 1}) || !slices.Equal(counts(s), []int{1, 1, 0}) {
		t.Errorf("numbers %v, counts %v; expected those of the given order", numbers(s), counts(s))
	}
	s = readOne(t, "one\ntwo\n", recipe.Source{Form: "tsv"}, Options{Outside: true, Labels: []string{"b"}})
	if !slices.Equal(numbers(s), []int{-1, -1}) {
		t.Errorf("outside samples have the numbers %v, expected -1", numbers(s))
	}
}

func idx(dims []byte, content string) string {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = append(b, 0, 0, 0, d)
	}
	return string(b) + content
}

func TestIDX(t *testing.T) {
	root := folder(map[string]string{"x": gzipped(idx([]byte{2, 2, 1}, "\x01\x02\x03\x04")),
		"y": idx([]byte{2}, "\x01\x00")})
	s, err := Read(root, []recipe.Source{{Form: "idx", Path: "x", LabelsPath: "y"}},
		Options{Labels: []string{"zero", "one"}})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Samples[1].Input.Pixels; s.Samples[0].Label != 1 || p.Width != 1 || p.Height != 2 ||
		!bytes.Equal(p.Grey, []byte{3, 4}) {
		t.Errorf("numbers %v, second picture %+v; expected [1 0] and the grey levels 3 4", numbers(s), p)
	}
	root = folder(map[string]string{"x": idx([]byte{1, 1, 2, 3}, "\x01\x02\x03\x04\x05\x06"),
		"y": idx([]byte{1}, "\x01")})
	s, err = Read(root, []recipe.Source{{Form: "idx", Path: "x", LabelsPath: "y"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Samples[0].Input.Pixels; !bytes.Equal(p.RGBA, []byte{1, 2, 3, 255, 4, 5, 6, 255}) || p.Grey != nil {
		t.Errorf("the coloured picture is %+v, expected opaque RGBA", p)
	}
}

func TestFoldersAndZips(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the browser's build does not read archives")
	}
	files := []string{
		"set/train/cat/1.png", pngFile(3), "set/train/cat/more/2.PNG", pngFile(4), "set/train/dog/1.png", pngFile(5),
		"set/train/dog/.DS_Store", "x", "set/train/__MACOSX/cat/1.png", "x", "set/train/dog/readme.md", "x",
		"set/train/Thumbs.db", "x",
	}
	plain := map[string]string{"set.zip": zipped(files...)}
	for i := 0; i < len(files); i += 2 {
		plain[files[i]] = files[i+1]
	}
	sets := []*Set{}
	for _, s := range []recipe.Source{{Form: "folder", Path: "set/train"},
		{Form: "zip", Path: "set.zip", Part: "set/train"}} {
		set, err := Read(folder(plain), []recipe.Source{s}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, set)
		if !slices.Equal(set.Labels, []string{"cat", "dog"}) || !slices.Equal(numbers(set), []int{0, 0, 1}) ||
			set.Kind != task.Image {
			t.Errorf("%s: labels %v, numbers %v; expected cat dog, [0 0 1]", s.Form, set.Labels, numbers(set))
		}
		if m, err := vision.Decode(set.Samples[1].Input.File, vision.White); err != nil || m.Width != 4 {
			t.Errorf("%s: second picture %+v (%v), expected 4 × 4", s.Form, m, err)
		}
		if len(set.Notes) != 1 || !strings.Contains(set.Notes[0], "1 × of another kind (dog/readme.md)") {
			t.Errorf("%s: notes %q, expected one about readme.md", s.Form, set.Notes)
		}
	}
	if a, b := hashOf(sets[0]), hashOf(sets[1]); a != b {
		t.Errorf("the same content has the hashes %.8s and %.8s", a, b)
	}
	texts, err := Read(folder(map[string]string{"a/1.txt": "one", "b/1.txt": "two"}),
		[]recipe.Source{{Form: "folder", Path: "."}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, texts, "a=one", "b=two")
}

func TestErrorsSayWhereAndWhat(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the browser's build does not read archives")
	}
	files := map[string]string{
		"short.tsv": "x\ta\nonly one\n", "header.tsv": "a\tb\n1\t2\n", "two.tsv": "x\ta\ny\tb\n",
		"bad.jsonl":     "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\", \"lab\n",
		"nolabel.jsonl": "{\"text\": \"a\"}", "nulls.jsonl": "null\n",
		"bad.json": "{\"train\":\n[[\"a\" \"b\"]]}", "shape.json": "[1, 2]",
		"parts.json": "{\"train\": [[\"a\", \"b\"]], \"val\": [[\"a\"]]}",
		"text.idx":   "hello", "axes.idx": idx([]byte{3}, "abc"), "cut.idx": idx([]byte{2, 2, 2}, "\x01\x02\x03"),
		"x.idx":  idx([]byte{2, 1, 1}, "ab"),
		"y1.idx": idx([]byte{1}, "\x00"), "y9.idx": idx([]byte{2}, "\x00\x09"),
		"bomb.idx": "\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"cut.gz":   gzipped(strings.Repeat("hello world ", 100))[:40], "text.zip": "this is no archive",
		"flat/1.png": pngFile(1), "mixed/a/1.png": pngFile(1), "mixed/a/2.txt": "x",
		"empty.tsv": "", "big.txt/a/1.txt": "", "nul.zip": zipped("a/1.png", pngFile(2)), "none/a/readme.md": "x",
	}
	for _, c := range []struct {
		source recipe.Source
		labels []string
		want   string
	}{
		{recipe.Source{Form: "tsv", Path: "missing.tsv"}, nil,
			"missing.tsv: expected a file or folder of that name in the data folder, found none"},
		{recipe.Source{Form: "tsv", Path: "../secret"}, nil, "expected a relative path"},
		{recipe.Source{Form: "xml", Path: "two.tsv"}, nil, "form must be"},
		{recipe.Source{Form: "tsv", Path: "short.tsv", TextColumn: "2"}, nil,
			`expected a column with the number "2" from 0, found 1 columns without names`},
		{recipe.Source{Form: "tsv", Path: "header.tsv", Header: new(true), TextColumn: "text"}, nil,
			`header.tsv: expected a column "text", found a, b`},
		{recipe.Source{Form: "tsv", Path: "header.tsv", Header: new(false), TextColumn: "text"}, nil,
			"found 2 columns without names"},
		{recipe.Source{Form: "tsv", Path: "two.tsv"}, []string{"x", "z"},
			`two.tsv:2: expected one of the labels x, z, found "y"`},
		{recipe.Source{Form: "tsv", Path: "empty.tsv"}, nil, "data set is empty"},
		{recipe.Source{Form: "jsonl", Path: "bad.jsonl"}, nil, "bad.jsonl:2: expected one JSON object"},
		{recipe.Source{Form: "jsonl", Path: "nulls.jsonl"}, nil, "nulls.jsonl:1: expected one JSON object"},
		{recipe.Source{Form: "jsonl", Path: "nolabel.jsonl", LabelColumn: "y"}, nil,
			`nolabel.jsonl: expected a column "y", found text`},
		{recipe.Source{Form: "clinc", Path: "bad.json"}, nil, "bad.json:2: expected JSON"},
		{recipe.Source{Form: "clinc", Path: "shape.json"}, nil, `expected {"part": [[text, intent], …], …}`},
		{recipe.Source{Form: "clinc", Path: "parts.json", Part: "test"}, nil,
			`expected the part "test", found train, val`},
		{recipe.Source{Form: "clinc", Path: "parts.json", Part: "val"}, nil,
			"parts.json: val[0]: expected [text, intent], found 1 strings"},
		{recipe.Source{Form: "idx", Path: "text.idx", LabelsPath: "y1.idx"}, nil,
			"text.idx: expected an IDX file of pictures (bytes 00 00 08 …), found 68 65 6c 6c"},
		{recipe.Source{Form: "idx", Path: "axes.idx", LabelsPath: "y1.idx"}, nil,
			"expected pictures with 3 axes, found 1 axes"},
		{recipe.Source{Form: "idx", Path: "cut.idx", LabelsPath: "y1.idx"}, nil,
			"cut.idx: expected 8 bytes for the shape [2 2 2], found 3"},
		{recipe.Source{Form: "idx", Path: "x.idx", LabelsPath: "y1.idx"}, nil,
			"y1.idx: expected as many labels as pictures (2), found 1"},
		{recipe.Source{Form: "idx", Path: "x.idx", LabelsPath: "y9.idx"}, []string{"a", "b"},
			"y9.idx: expected labels from 0 to 1, found 9 for picture 1"},
		{recipe.Source{Form: "idx", Path: "x.idx", LabelsPath: "nowhere.idx"}, nil, "nowhere.idx: expected a file"},
		{recipe.Source{Form: "idx", Path: "bomb.idx", LabelsPath: "y1.idx"}, nil, "bomb.idx: expected at most"},
		{recipe.Source{Form: "tsv", Path: "cut.gz"}, nil, "cut.gz: the gzip file is damaged or cut short"},
		{recipe.Source{Form: "zip", Path: "text.zip"}, nil, "text.zip: expected a zip archive"},
		{recipe.Source{Form: "zip", Path: "nul.zip", Part: "train"}, nil,
			`nul.zip: expected the folder "train" in the archive, found a`},
		{recipe.Source{Form: "zip", Path: "nul.zip", Part: "a"}, nil,
			"expected a folder per class with pictures (.jpg .jpeg .jpe .jfif .png .gif .webp) or texts (.txt) in " +
				"it, found none (left out: 1 × beside the folders of the classes (1.png))"},
		{recipe.Source{Form: "folder", Path: "flat"}, nil, "flat: expected a folder per class"},
		{recipe.Source{Form: "folder", Path: "mixed"}, nil,
			"mixed: expected pictures or texts, found about as many of both"},
		{recipe.Source{Form: "folder", Path: "none"}, nil, "none: expected a folder per class"},
		{recipe.Source{Form: "folder", Path: "two.tsv"}, nil, "two.tsv: expected"},
	} {
		_, err := Read(folder(files), []recipe.Source{c.source}, Options{Labels: c.labels})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v\nexpected an error with %q", c.source, err, c.want)
		}
	}
	_, err := Read(folder(files), []recipe.Source{{Form: "tsv", Path: "two.tsv"},
		{Form: "idx", Path: "x.idx", LabelsPath: "y9.idx"}}, Options{})
	if want := "expected the same kind as in two.tsv (text), found image"; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("texts and pictures together: %v, expected an error with %q", err, want)
	}
}

func TestZipBombIsRefused(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the browser's build does not read archives")
	}
	old := maxFile
	maxFile = 1 << 20
	defer func() { maxFile = old }()
	bomb := zipped("a/0.txt", "x", "a/1.txt", strings.Repeat("0", 2<<20))
	_, err := Read(folder(map[string]string{"bomb.zip": bomb}), []recipe.Source{{Form: "zip", Path: "bomb.zip"}},
		Options{})
	if err == nil || !strings.Contains(err.Error(), "a/1.txt: expected at most 1 MB, found more") {
		t.Errorf("%d bytes that unpack to 2 MB: %v, expected an error", len(bomb), err)
	}
	_, err = Read(folder(map[string]string{"bomb.gz": gzipped(strings.Repeat("0", 2<<20))}),
		[]recipe.Source{{Form: "tsv", Path: "bomb.gz"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "expected at most 1 MB, found more") {
		t.Errorf("gzip that unpacks to 2 MB: %v, expected an error", err)
	}
}
