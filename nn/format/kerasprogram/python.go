package kerasprogram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
)

// layerCall is a layer as Python makes it.
func layerCall(l recipe.Layer) string {
	var args []string
	for _, s := range settingsOf(l.Config) {
		args = append(args, s.key+"="+python(s.value))
	}
	if l.Name != "" {
		args = append(args, "name="+quoted(l.Name))
	}
	if l.Frozen() {
		args = append(args, "trainable=False")
	}
	return fmt.Sprintf("layers.%s(%s)", l.Class, strings.Join(args, ", "))
}

// settingsOf are the arguments of a config, in alphabetical order but for those that are commonly given first.
func settingsOf(config json.RawMessage) (all []setting) {
	var m map[string]any
	if len(config) == 0 || json.Unmarshal(config, &m) != nil {
		return nil
	}
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	first := []string{"filters", "kernel_size", "pool_size", "units", "input_dim", "output_dim", "rate", "layer"}
	slices.SortFunc(keys, func(a, b string) int {
		i, j := slices.Index(first, a), slices.Index(first, b)
		if i >= 0 && j >= 0 {
			return i - j
		}
		if i != j && (i >= 0 || j >= 0) {
			return j - i
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		all = append(all, setting{k, m[k]})
	}
	return all
}

// python is a value of JSON as Python writes it; a layer in a layer is one.
func python(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return quoted(v)
	case float64:
		return pythonNumber(v)
	case []float64:
		var parts []string
		for _, f := range v {
			parts = append(parts, pythonNumber(f))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, python(e))
		}
		if len(parts) == 1 {
			parts = append(parts, "") // (1,) is a tuple, (1) is not
		}
		return "(" + strings.TrimSuffix(strings.Join(parts, ", "), " ") + ")"
	case map[string]any:
		class, _ := v["class"].(string)
		config, _ := json.Marshal(v["config"]) // was JSON
		return layerCall(recipe.Layer{Class: class, Config: config})
	}
	return fmt.Sprint(v)
}

func pythonNumber(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// argumentList joins arguments, without the empty ones.
func argumentList(args []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "" }), ", ")
}

// quoted is a string as Python writes it; what cannot be printed becomes \uXXXX, which Python reads, too.
func quoted(s string) string {
	out := strconv.QuoteToASCII(s)
	if !strings.Contains(s, "'") && !strings.ContainsAny(out[1:len(out)-1], `\"`) {
		return "'" + s + "'"
	}
	return out
}
