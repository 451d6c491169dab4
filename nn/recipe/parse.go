package recipe

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/order"
)

// MaxBytes is the longest recipe that Parse reads.
const MaxBytes = 1 << 20

// Parse reads a recipe (UTF-8, or UTF-16 with a byte order mark), fills in the defaults and checks it. The error names
// the places that are wrong, one sentence a line, as in "optimizer.learningrate: unknown key, did you mean
// learning_rate?".
func Parse(b []byte) (*Recipe, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("recipe: is %d bytes long, at most %d are read", len(b), MaxBytes)
	}
	b, err := charset.JSON(b)
	if err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("recipe: is not JSON: %w", err)
	}
	if d.More() {
		return nil, fmt.Errorf("recipe: has something behind the JSON document")
	}
	var p problems
	p.walk("", tree, reflect.TypeOf(Recipe{}))
	if err := p.err(); err != nil {
		return nil, err
	}
	r := Default()
	r.prepare(tree.(map[string]any))
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	if err := r.parseStages(b); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	return r, r.Check()
}

// prepare sets the defaults that depend on names in the document.
func (r *Recipe) prepare(tree map[string]any) {
	if o, ok := tree["optimizer"].(map[string]any); ok {
		r.Optimizer.prepare(o)
	}
	if pre, ok := tree["preprocess"].(map[string]any); ok {
		if t, ok := pre["text"].(map[string]any); ok {
			r.Preprocess.Text = &Text{}
			if t["tokenizer"] != nil {
				r.Preprocess.Text.Tokenizer = DefaultTokenizer()
			}
			if t["pad_sequences"] != nil {
				r.Preprocess.Text.Pad = &Pad{Padding: "pre", Truncating: "pre"}
			}
		}
		if i, ok := pre["image"].(map[string]any); ok {
			r.Preprocess.Image = &Image{Resize: "bilinear", Mode: "stretch", Background: "white", Normalisation: "0..1"}
			if i["image_data_generator"] != nil {
				r.Preprocess.Image.Generator = DefaultImageDataGenerator()
			}
		}
	}
}

// prepare sets the defaults of the optimizer and the schedule that a document names.
func (o *Optimizer) prepare(doc map[string]any) {
	if name, ok := doc["name"].(string); ok {
		*o = DefaultOptimizer(name)
	}
	if s, ok := doc["schedule"].(map[string]any); ok {
		name, _ := s["name"].(string)
		o.Schedule = DefaultSchedule(name)
	}
}

// problems collects sentences about wrong places. A document may be all wrong, and what it has there be long.
type problems []string

const (
	mostProblems = 20  // that are told
	mostProblem  = 500 // bytes of one
)

func (p *problems) add(path, format string, args ...any) {
	s := names.Form{Most: mostProblem}.Clean(strings.TrimPrefix(path, ".") + ": " + fmt.Sprintf(format, args...))
	*p = append(*p, s)
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	list := strings.Join(p[:min(len(p), mostProblems)], "\nrecipe: ")
	if more := len(p) - mostProblems; more > 0 {
		list += fmt.Sprintf("\nrecipe: and %d places more", more)
	}
	return fmt.Errorf("recipe: %s", list)
}

var raw = reflect.TypeOf(json.RawMessage{})

// walk compares a JSON value with the Go type that it will fill.
func (p *problems) walk(path string, v any, t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == raw {
		return
	}
	if t == rangeType {
		p.span(path, v)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		p.object(path, v, t)
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok {
			p.wrong(path, "an object", v)
		}
		for _, k := range sorted(m) {
			p.walk(path+"."+k, m[k], t.Elem())
		}
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			p.wrong(path, "a list", v)
		}
		for i, e := range list {
			p.walk(fmt.Sprintf("%s[%d]", path, i), e, t.Elem())
		}
	default:
		p.scalar(path, v, t)
	}
}

func (p *problems) object(path string, v any, t reflect.Type) {
	m, ok := v.(map[string]any)
	if !ok {
		p.wrong(strings.TrimPrefix(path+" ", "."), "an object", v)
		return
	}
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = t.Field(i).Type
	}
	for _, k := range sorted(m) {
		switch field, ok := fields[k]; {
		case ok:
			p.walk(path+"."+k, m[k], field)
		case len(*p) < mostProblems:
			p.add(path+"."+k, "unknown key%s", suggestion(k, fields))
		default:
			p.add(path+"."+k, "unknown key")
		}
	}
}

func (p *problems) scalar(path string, v any, t reflect.Type) {
	switch t.Kind() {
	case reflect.String:
		if _, ok := v.(string); !ok {
			p.wrong(path, "a string", v)
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			p.wrong(path, "true or false", v)
		}
	default:
		n, ok := v.(json.Number)
		if !ok {
			p.wrong(path, "a number", v)
		} else if json.Unmarshal([]byte(n), reflect.New(t).Interface()) != nil {
			what := "a number of ordinary size"
			if t.Kind() == reflect.Int {
				what = "a whole number"
			} else if t.Kind() == reflect.Uint64 {
				what = "a whole number from 0 to 18446744073709551615"
			}
			p.wrong(path, what, v)
		}
	}
}

func (p *problems) wrong(path, want string, v any) {
	found, _ := json.Marshal(v)
	if len(found) > 40 {
		found = append(found[:40:40], "…"...)
	}
	p.add(path, "must be %s, found %s", want, found)
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	order.Stable(keys, strings.Compare)
	return keys
}

// suggestion names the nearest known key, or all keys when none is near.
func suggestion(key string, fields map[string]reflect.Type) string {
	best, nearest, all := len(key)/2+1, "", []string{}
	for name := range fields {
		all = append(all, name)
	}
	order.Stable(all, strings.Compare)
	for _, name := range all {
		if d := distance(key, name); d < best {
			best, nearest = d, name
		}
	}
	if nearest != "" {
		return ", did you mean " + nearest + "?"
	}
	return "; the keys here are " + strings.Join(all, ", ")
}

// distance is Levenshtein's: insertions, deletions and replacements.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
