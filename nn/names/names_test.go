package names_test

import (
	"strings"
	"testing"

	"wafer/nn/names"
)

func TestTheRule(t *testing.T) {
	long := strings.Repeat("é", names.MaxLine/2)
	for _, c := range []struct {
		text, says, clean string
		form              names.Form
	}{
		{"", "", "", names.Line},
		{"a label", "", "a label", names.Line},
		{"שלום \u200f", "", "שלום \u200f", names.Line}, // a mark that turns nothing behind it
		{"👩\u200d🚀 \ufffd", "", "👩\u200d🚀 \ufffd", names.Line},
		{long, "", long, names.Line},
		{long + "x", "is 1025 bytes long, at most 1024 are read", long, names.Line},
		{"x" + long, "is 1025 bytes long", "x" + strings.TrimSuffix(long, "é"), names.Line},
		{"a\nb", "has the character U+000A, which cannot be shown", "a b", names.Line},
		{"a\x1b[2Jb", "U+001B", "a [2Jb", names.Line},
		{"a\x00", "U+0000", "a ", names.Line},
		{"a\u0085b\u2028c", "U+0085", "a b c", names.Line},
		{"gpj.\u202eexe", "U+202E", "gpj.exe", names.Line},
		{"a\u2066b\u2069", "U+2066", "ab", names.Line},
		{"caf\xe9", "is not UTF-8 at byte 3", "caf�", names.Line},
		{"one\n\ttwo\r\n", "", "one\n\ttwo\r\n", names.Passage},
		{"one\u202btwo\x07", "U+202B", "onetwo ", names.Passage},
	} {
		err := c.form.Check(c.text)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.40q: the check says %v, expected %q", c.text, err, c.says)
		}
		if got := c.form.Clean(c.text); got != c.clean {
			t.Errorf("%.40q: cleaned it is %.40q (%d bytes), expected %.40q", c.text, got, len(got), c.clean)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a", "a\x00\u202e\xff", strings.Repeat("\xff", 40), "\ufffd\n"} {
		f.Add(s, 20, false)
	}
	f.Fuzz(func(t *testing.T, text string, most int, lines bool) {
		form := names.Form{Most: max(most, 0), Lines: lines}
		got := form.Clean(text)
		if err := form.Check(got); err != nil {
			t.Fatalf("%q cleaned is %q, which %v", text, got, err)
		}
		if form.Check(text) == nil && got != text {
			t.Fatalf("%q needs no cleaning, but became %q", text, got)
		}
	})
}
