package keras

import (
	"maps"
	"slices"
	"strconv"

	"wafer/nn/json"
	"wafer/nn/say"
)

// number is i in digits.
func number(i int) string { return strconv.Itoa(i) }

// sortedKeys are a map's keys in order, so that the same file always gives the same network and the same error.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// text is the string at the key, "" where there is none.
func (c Config) text(key string) (s string) {
	json.Unmarshal(c[key], &s)
	return s
}

// has tells a key whose value is not null.
func (c Config) has(key string) bool { return len(c[key]) > 0 && string(c[key]) != "null" }

// flag is the truth value at the key, or the default. A value that is no truth value counts as the default.
func (c Config) flag(key string, or bool) bool {
	if c.has(key) {
		json.Unmarshal(c[key], &or)
	}
	return or
}

// numbers are those of a list, or a single one; [[1], [2, 3]] gives 1, 2, 3.
func (c Config) numbers(key string) ([]float64, error) {
	if !c.has(key) {
		return nil, nil
	}
	out, err := flatten(c[key], nil, 0)
	if err != nil {
		return nil, say.Errorf("%s is %.80s, expected numbers", key, c[key])
	}
	return out, nil
}

// flatten appends the numbers of v to out, from lists at most 9 deep.
func flatten(v json.RawMessage, out []float64, depth int) ([]float64, error) {
	var x float64
	if err := json.Unmarshal(v, &x); err == nil {
		return append(out, x), nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil || depth > 8 {
		return nil, say.Errorf("%.80s is no number", v)
	}
	for _, item := range list {
		var err error
		if out, err = flatten(item, out, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// whole are n whole numbers at the key: a single one in the file stands for all. The result has n numbers within ±2³¹;
// fractions, another count, and an absent key are errors.
func (c Config) whole(key string, n int) ([]int, error) {
	v, err := c.numbers(key)
	if err != nil {
		return nil, err
	}
	if len(v) == 1 {
		for len(v) < n {
			v = append(v, v[0])
		}
	}
	if len(v) != n {
		return nil, say.Errorf("%s is %.80s, expected %d numbers", key, c[key], n)
	}
	out := make([]int, n)
	for i, x := range v {
		if out[i] = int(x); float64(out[i]) != x || x < -1<<31 || x > 1<<31 {
			return nil, say.Errorf("%s is %.80s, expected whole numbers", key, c[key])
		}
	}
	return out, nil
}

// shape is a list of lengths, −1 for null. None where the key is absent. Lengths of 0, below it, or with a fraction are
// errors.
func (c Config) shape(key string) ([]int, error) {
	if !c.has(key) {
		return nil, nil
	}
	var list []*float64
	if err := json.Unmarshal(c[key], &list); err != nil {
		return nil, say.Errorf("%s is %.80s, expected a list of lengths", key, c[key])
	}
	out := make([]int, len(list))
	for i, d := range list {
		out[i] = -1
		if d != nil {
			if out[i] = int(*d); float64(out[i]) != *d || *d < 1 || *d > 1<<31 {
				return nil, say.Errorf("%s is %.80s, expected lengths of 1 or more", key, c[key])
			}
		}
	}
	return out, nil
}

// activation is the name of an activation, which newer files write as an object. "linear" where the key is absent. An
// object stands for an Activation or Softmax layer, a ReLU without maximum or up to 6, or a function of Keras 3; others
// are errors, and arguments beside max_value are not looked at.
func (c Config) activation(key string) (string, error) {
	if !c.has(key) {
		return "linear", nil
	}
	var name string
	if json.Unmarshal(c[key], &name) == nil {
		return name, nil
	}
	var object struct {
		Class  string          `json:"class_name"`
		Config json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal(c[key], &object); err != nil || object.Class == "" {
		return "", say.Errorf("%s is %.80s, expected the name of one", key, c[key])
	}
	if json.Unmarshal(object.Config, &name) == nil {
		return name, nil // a function of Keras 3
	}
	var inner Config
	json.Unmarshal(object.Config, &inner)
	switch object.Class {
	case "Activation":
		return inner.activation("activation")
	case "Softmax":
		return "softmax", nil
	case "ReLU":
		if v, _ := inner.numbers("max_value"); len(v) == 1 && v[0] == 6 {
			return "relu6", nil
		}
		if !inner.has("max_value") {
			return "relu", nil
		}
	}
	return "", say.Errorf("%s is a %.80s, which is not supported as an activation", key, object.Class)
}

// read fills the config from an object.
func (c *Config) read(object json.RawMessage) error { return json.Unmarshal(object, c) }

// readInto is json.Unmarshal with an error in our words.
func readInto(doc json.RawMessage, to any) error {
	if err := json.Unmarshal(doc, to); err != nil {
		return say.Errorf("%.80s is not what was expected: %w", doc, err)
	}
	return nil
}
