package small

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

type inner struct {
	Size  int8    `json:"size,omitempty"`
	Share float32 `json:"share"`
}

type base struct {
	Name string `json:"name"`
	Size int    // hides nothing: deeper than that of sample
}

// sample has every kind of field that documents have.
type sample struct {
	base
	*inner
	Text   string `json:"text"`
	Flag   bool   `json:",omitempty"`
	Count  uint16
	Ratio  float64
	List   []int              `json:"list"`
	Pair   [2]float32         `json:"pair"`
	Bytes  []byte             `json:"bytes,omitempty"`
	Map    map[string]inner   `json:"map"`
	Names  map[label]string   `json:"names,omitempty"`
	Next   *sample            `json:"next,omitempty"`
	Any    any                `json:"any"`
	Raw    json.RawMessage    `json:"raw,omitempty"`
	Own    own                `json:"own,omitzero"`
	Owns   []*own             `json:"owns"`
	Hidden string             `json:"-"`
	Deep   [][]map[string]any `json:"deep"`
	unseen int
}

type label string

// own writes itself as a string in brackets.
type own struct{ s string }

func (o own) MarshalJSON() ([]byte, error) { return json.Marshal([]string{o.s}) }

func (o *own) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	o.s = strings.Join(list, " ")
	return nil
}

var documents = []string{
	`{"name":"a","text":"<b>&\u2028 ü \ud83d\ude00 \ud83d \u00e9\n","Flag":true,"count":7,"Ratio":1e-7,"list":[1,2,3],"pair":[0.1,2,3]}`,
	`{"size":3,"share":0.25,"bytes":"AQID","map":{"b":{"size":1},"a":{"share":1e30}},"names":{"x":"y"},"any":[null,true,1.5,"x",{"k":[]}]}`,
	`{"next":{"next":{"text":"deep"}},"raw": {"a" : [1, 2]},"own":["one","two"],"owns":[["a"],null],"Hidden":"no","deep":[[{"a":{}}],[]]}`,
	`{"TEXT":"capitals","text2":1,"list":null,"pair":null,"map":null,"next":null,"any":null,"count":null,"list":[]}`,
	`{"size":300}`, `{"count":-1}`, `{"count":1.5}`, `{"list":"x"}`, `{"list":[1,"x",2]}`, `{"next":{"pair":{}}}`,
	`{"Flag":1}`,
	`{"Ratio":1e999}`, `{"any":1e999}`, `{"bytes":"?"}`, `{"own":3}`, `[]`, `3`, `null`, `""`, `{}`, `true`,
	``, ` `, `{`, `[1,`, `[1,]`, `{"a":1,}`, `{"a"}`, `{"a" 1}`, `{a:1}`, `nul`, `tru `, `01`, `-`, `1.`, `1e`, `.5`,
	`+1`, `"\x"`, `"\u12g4"`,
	"\"\x01\"", "\"\xff\"", "\"\\ud800\\ud800\"", `1 2`, `{"a":[1,{"b":null}]} `, `[1 2]`, `'a'`, "\u00e9", `"abc`,
	`[[[`, "\ufeff1",
	`1e-9`, `123456789012345678901234567890`, `1e21`, `0.000001`, `9.999999e20`, `-0`, `"\b\f\n\r\t\/\\\""`,
}

// said is what reading a document gives, and how it is written again.
func said(unmarshal func([]byte, any) error, marshal func(any) ([]byte, error), doc []byte, to any) string {
	if err := unmarshal(doc, to); err != nil {
		return "an error"
	}
	b, err := marshal(reflect.ValueOf(to).Elem().Interface())
	return fmt.Sprintf("%s %v", b, err == nil)
}

func compareDocument(t *testing.T, doc []byte) {
	t.Helper()
	for _, to := range []func() any{func() any { return new(any) },
		func() any { return new(sample) }, func() any { return new(map[string]int) },
		func() any {
			return new([]string)
		}, func() any { return &sample{List: []int{9, 9}, Pair: [2]float32{1, 2}, Next: &sample{Text: "kept"}} }} {
		want, got := said(json.Unmarshal, json.Marshal, doc, to()), said(Unmarshal, Marshal, doc, to())
		if got != want {
			t.Errorf("%q into %T gives\n%s, expected\n%s", doc, to(), got, want)
		}
	}
	var a, b bytes.Buffer
	if err, err2 := json.Compact(&a, doc), Compact(&b, doc); (err == nil) != (err2 == nil) || err == nil &&
		a.String() != b.String() {
		t.Errorf("%q compacted is %q (%v), expected %q (%v)", doc, b.String(), err2, a.String(), err)
	}
	trimmed := bytes.TrimSpace(doc)
	a.Reset()
	b.Reset()
	if json.Indent(&a, trimmed, ">", "  ") == nil &&
		(Indent(&b, trimmed, ">", "  ") != nil || a.String() != b.String()) || json.Valid(doc) != Valid(doc) {
		t.Errorf("%q indented is %q, expected %q; valid: %v", doc, b.String(), a.String(), Valid(doc))
	}
	if got, want := tokens(NewDecoder(iotest.OneByteReader(bytes.NewReader(doc)))),
		tokens(json.NewDecoder(bytes.NewReader(doc))); got != want {
		t.Errorf("the tokens of %q are\n%s, expected\n%s", doc, got, want)
	}
}

// tokens lists those of a stream until its end or what is wrong.
func tokens[T any](d interface {
	Token() (T, error)
	InputOffset() int64
}) string {
	var list strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			fmt.Fprint(&list, err == io.EOF)
			return list.String()
		}
		fmt.Fprintf(&list, "%v %d, ", t, d.InputOffset())
	}
}

func TestAsEncodingJSON(t *testing.T) {
	for _, doc := range documents {
		compareDocument(t, []byte(doc))
	}
	recipes, _ := filepath.Glob("../../../static/recipes/*.json")
	cards, _ := filepath.Glob("../../../static/words/*.json")
	if len(recipes) == 0 || len(cards) == 0 {
		t.Fatal("there are no recipes or words in static")
	}
	for _, path := range append(recipes, cards...) {
		doc, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compareDocument(t, doc)
	}
}

// What a person reads says where a document is wrong, in the words of encoding/json.
func TestErrorsSayWhatIsWrong(t *testing.T) {
	for doc, want := range map[string]string{
		`{"a":1`:              "unexpected end of JSON input",
		`{"a" 1}`:             "invalid character '1' after object key",
		`{"a":1 "b":2}`:       `invalid character '"' after object key:value pair`,
		`[1 2]`:               "invalid character '2' after array element",
		`{a:1}`:               "invalid character 'a' looking for beginning of object key string",
		`'a'`:                 `invalid character '\'' looking for beginning of value`,
		`trup`:                "invalid character 'p' in literal true (expecting 'e')",
		`1 2`:                 "invalid character '2' after top-level value",
		"\"\n\"":              `invalid character '\n' in string literal`,
		`"\x"`:                "invalid character 'x' in string escape code",
		`1.x`:                 "invalid character 'x' after decimal point in numeric literal",
		`{"count":"x"}`:       "json: cannot unmarshal string into Go struct field sample.Count of type uint16",
		`{"next":{"list":3}}`: "json: cannot unmarshal number into Go struct field sample.next.list of type []int",
		`{"count":70000}`:     "json: cannot unmarshal number 70000 into Go struct field sample.Count of type uint16",
		`[]`:                  "json: cannot unmarshal array into Go value of type small.sample",
	} {
		if err := Unmarshal([]byte(doc), new(sample)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, expected %s", doc, err, want)
		}
	}
	d := NewDecoder(strings.NewReader(`{"text":"a","nothing":1} {"text":2} x`))
	d.DisallowUnknownFields()
	for _, want := range []string{`json: unknown field "nothing"`,
		"json: cannot unmarshal string", "invalid character 'x' looking for beginning of value",
		"invalid character 'x'"} {
		err := d.Decode(new(sample))
		if strings.Contains(want, "string") && err != nil {
			want = "json: cannot unmarshal number into Go struct field sample.text of type string"
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("the stream gives %v, expected %s", err, want)
		}
	}
	if _, err := Marshal(map[string]any{"a": []float64{math.NaN()}}); err == nil ||
		err.Error() != "json: unsupported value: NaN" {
		t.Errorf("NaN is written with the error %v", err)
	}
	if err := Unmarshal([]byte(strings.Repeat("[", 20000)), new(any)); err == nil ||
		!strings.Contains(err.Error(), "max depth") {
		t.Errorf("20,000 brackets give %v", err)
	}
}

func TestNumbersAreKept(t *testing.T) {
	const doc = `{"a":[1.50,-0,12345678901234567890]}`
	var got any
	d := NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if b, err := Marshal(got); err != nil || string(b) != doc {
		t.Errorf("got %s (%v), expected %s", b, err, doc)
	}
	if d.More() {
		t.Error("there is more behind the document")
	}
}

// The elements of a list are read one by one, from a stream that gives a byte at a time.
func TestElementsOfAStream(t *testing.T) {
	d := NewDecoder(iotest.OneByteReader(strings.NewReader(` [ {"text":"a"} , {"text":"b"},{"text":"` +
		strings.Repeat("c", 2000) + `"} ] 7`)))
	if open, err := d.Token(); err != nil || open != Delim('[') {
		t.Fatalf("the stream begins with %v (%v)", open, err)
	}
	var lengths []int
	for d.More() {
		var s sample
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		lengths = append(lengths, len(s.Text))
	}
	end, err := d.Token()
	seven, err2 := d.Token()
	if !slices.Equal(lengths, []int{1, 1, 2000}) || end != Delim(']') || seven != 7.0 || err != nil || err2 != nil {
		t.Errorf("got texts of %v bytes, %v (%v), %v (%v)", lengths, end, err, seven, err2)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("at the end: %v, expected EOF", err)
	}
	if err := NewDecoder(strings.NewReader(`[1,`)).Decode(new(any)); err != io.ErrUnexpectedEOF {
		t.Errorf("a stream that is cut gives %v", err)
	}
}

// All floats are written as encoding/json does.
func TestFloats(t *testing.T) {
	for i := range uint32(1 << 16) {
		f := math.Float32frombits(i << 16 * 65521)
		g := float64(f) * 1e-15
		if f != f || math.IsInf(float64(f), 0) {
			continue
		}
		want, _ := json.Marshal([]any{f, g})
		if got, err := Marshal([]any{f, g}); err != nil || string(got) != string(want) {
			t.Fatalf("got %s (%v), expected %s", got, err, want)
		}
	}
}

func FuzzAsEncodingJSON(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if len(doc) < 1<<12 {
			compareDocument(t, doc)
		}
	})
}
