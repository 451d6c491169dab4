package text

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// Whatever readTable takes it reads as encoding/json does, in its order.
func TestReadTable(t *testing.T) {
	for text, keys := range map[string][]string{
		`{}`:                              {},
		" {\n} ":                          {},
		`{"a": 1, "b":-2 , "c" : 30}`:     {"a", "b", "c"},
		`{"b": 1, "a": 2, "b": 3}`:        {"b", "a"},
		`{"\"": 1, "\\": 2, "": 3}`:       {`"`, `\`, ""},
		`{"\u00e9t\u00e9": 1, "été2": 2}`: {"été", "été2"},
		"{\"a\xffb\": 1}":                 {"a\ufffdb"},
	} {
		got, err := readTable([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var want map[string]int
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.keys, keys) || !maps.Equal(got.values, want) {
			t.Errorf("%s: read %q %v, want %q %v", text, got.keys, got.values, keys, want)
		}
	}
	for _, text := range []string{"", "1", "{", `{"a"}`, `{"a": }`, `{"a": 1`, `{"a": 1,}`, `{"a": 1}x`,
		`{"a": 1 "b": 2}`, `{a: 1}`, `{"a`, `{"a\`,
		`{"a": "1"}`, `{"a": 1e3}`, `{"a": 99999999999999999999}`, "{\"a\n\": 1}"} {
		if got, err := readTable([]byte(text)); err == nil {
			t.Errorf("%s: read %v, expected an error", text, got)
		}
	}
}
