package wordvectors

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const glove = "the 1 2 3 4 5 6 7 8\nNew York 8 7 6 5 4 3 2 1\n"

func zipped(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.Bytes()
}

func TestFormsAreRead(t *testing.T) {
	for name, file := range map[string][]byte{
		"GloVe":         []byte(glove),
		"word2vec text": []byte("2 8\n" + glove),
		"word2vec bytes": []byte("2 2\nthe \x00\x00\x80\x3f\x00\x00\x00\x40\n" +
			"New_York \x00\x00\x00\x00\x00\x00\x80\xbf\n"),
		"JSON":       []byte(`{"vectors": {"the":[1,2],"york":[3,4]}}`),
		"compressed": zipped(glove),
	} {
		v, err := Read(file)
		if err != nil || !Recognise(file) || len(v.Words) != 2 || !slices.Contains(v.Words, "the") {
			t.Errorf("%s: got %+v (%v), recognised %v, expected two words", name, v, err, Recognise(file))
			continue
		}
		if n, err := v.Network(); err != nil || n.Layers.OutputShape()[0] != v.Dim {
			t.Errorf("%s: the network fails with %v", name, err)
		}
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	for _, s := range []string{"", "a,b,c\n1,2,3\n", "label\ttext\nen\thello\n", `{"vectors":1}`, "1 2\n", "PK\x03\x04",
		"<html>"} {
		if Recognise([]byte(s)) {
			t.Errorf("%q was taken for word vectors", s)
		}
	}
}

func TestHostileFilesAreASentence(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"many words":      {"2000000000 4096\na \x00\x01", "claim 2000000000 words"},
		"end":             {"2 2\nthe \x00\x00\x80\x3f\x00\x00\x00\x40\nof \x00\x01\x02\x00\x00\x00", "end in word 2"},
		"no number":       {"the 1 2 3 4 5 6 7 8\nof 1 2 3 x 5 6 7 8\n", "for a number in line 2"},
		"short line":      {"the 1 2 3 4 5 6 7 8\nof 1 2\n", "in line 2"},
		"not finite":      {"the 1 2 3 4 5 6 7 NaN\n", "that is none"},
		"uneven":          {`{"vectors":{"a":[1,2],"b":[1]}}`, "expected 2"},
		"no words":        {`{"vectors":{}}`, "no words"},
		"endless line":    {"the 1 2 3 4 5 6 7 8\nof " + strings.Repeat("1 ", 1<<18), "a line 2 of"},
		"damaged packing": {string(zipped(glove)[:20]), "unexpected "},
	} {
		if _, err := Read([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(glove))
	f.Add([]byte("1 2\nthe \x00\x00\x80\x3f\x00\x00\x00\x40\n"))
	f.Add([]byte(`{"vectors": {"the":[1,2]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		Recognise(b)
		if v, err := Read(b); err == nil && len(v.Values) != len(v.Words)*v.Dim {
			t.Fatal(fmt.Sprint("there are ", len(v.Values), " numbers for ", len(v.Words), " words of ", v.Dim))
		}
	})
}
