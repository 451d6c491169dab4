package data

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// sound checks what every set must keep.
func sound(t *testing.T, s *Set) {
	t.Helper()
	if len(s.Samples) == 0 {
		t.Error("a set without samples")
	}
	for i, one := range s.Samples {
		if one.Label < 0 || one.Label >= len(s.Labels) {
			t.Errorf("sample %d has label %d of %d", i, one.Label, len(s.Labels))
		}
		text := one.Input.Text
		if s.Kind == task.Text && (!utf8.ValidString(text) || strings.TrimSpace(text) == "") {
			t.Errorf("let the text %q through", text)
		}
		if s.Kind == task.Image && one.Input.File == nil && one.Input.Pixels == nil {
			t.Errorf("sample %d is no picture", i)
		}
	}
	hashOf(s)
}

func FuzzTables(f *testing.F) {
	f.Add("csv", "text,label\n\"a \"\"b\"\" c\",x\n", true, "text", "label", "")
	f.Add("csv", "\xef\xbb\xbfa;b,\"x\r\ny\"\r\n", false, "", "", "")
	f.Add("tsv", "ham\tcaf\xe9\r\n\tx\n", false, "1", "0", ",")
	f.Add("tsv", "\xff\xfea\x00\t\x00b\x00", false, "", "", "")
	f.Add("jsonl", "{\"text\": \"a\", \"label\": [1, true, \"x\"]}\n", false, "", "", "")
	f.Add("clinc", "{\"train\": [[\"a\", \"b\"]]}", false, "", "", "")
	f.Fuzz(func(t *testing.T, form, content string, header bool, text, label, separator string) {
		s := recipe.Source{Form: form, Path: "f", Part: "train", Header: &header, TextColumn: text, LabelColumn: label,
			Separator: separator}
		set, err := Read(folder(map[string]string{"f": content}), []recipe.Source{s}, Options{})
		if err == nil {
			sound(t, set)
		} else if !utf8.ValidString(err.Error()) {
			t.Errorf("the error is not readable: %q", err)
		}
	})
}

func FuzzIDX(f *testing.F) {
	f.Add(idx([]byte{2, 1, 1}, "ab"), idx([]byte{2}, "\x00\x01"))
	f.Add(gzipped(idx([]byte{1, 2, 1, 3}, "abcdef")), idx([]byte{1}, "\x05"))
	f.Add("\x00\x00\x08\x03\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", idx([]byte{0}, ""))
	f.Fuzz(func(t *testing.T, pictures, labels string) {
		files := folder(map[string]string{"x": pictures, "y": labels})
		if set, err := Read(files, []recipe.Source{{Form: "idx", Path: "x", LabelsPath: "y"}}, Options{}); err == nil {
			sound(t, set)
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(zipped("a/1.txt", "one", "b/2.txt", "two"), "")
	f.Add(zipped("s/a/1.png", "x", "s/../../evil.txt", "two", "/abs/1.txt", "x"), "s")
	f.Add("PK\x05\x06"+strings.Repeat("\x00", 18), ".")
	f.Fuzz(func(t *testing.T, archive, part string) {
		if set, err := Read(folder(map[string]string{"z": archive}),
			[]recipe.Source{{Form: "zip", Path: "z", Part: part}}, Options{}); err == nil {
			sound(t, set)
		}
	})
}
