package keras

import (
	"strings"
	"testing"

	"wafer/nn/json"
)

// TestTensorsByKeyword: Keras 3 writes a call as the program made it, so the key of an attention may stand before its
// value or its query; our layer takes query, value, key.
func TestTensorsByKeyword(t *testing.T) {
	tensor := func(name string) string {
		return `{"class_name": "__keras_tensor__", "config": {"keras_history": ["` + name + `", 0, 0]}}`
	}
	q, v, k := tensor("q"), tensor("v"), tensor("k")
	for _, c := range []struct{ call, want string }{
		{`{"args": [` + q + `, ` + v + `, ` + k + `], "kwargs": {}}`, "q v k"},
		{`{"args": [` + q + `], "kwargs": {"key": ` + k + `, "value": ` + v + `}}`, "q v k"},
		{`{"args": [` + q + `, ` + v + `], "kwargs": {"key": ` + k + `, "training": false}}`, "q v k"},
		{`{"args": [], "kwargs": {"key": ` + k + `, "query": ` + q + `, "value": ` + v + `}}`, "q v k"},
		{`{"args": [[` + q + `, ` + k + `]], "kwargs": {"mask": null}}`, "q k"},
		{`{"args": [` + q + `], "kwargs": {"attention_mask": ` + k + `}}`, `argument "attention_mask"`},
	} {
		in, err := tensors(json.RawMessage(c.call))
		var names []string
		for _, r := range in {
			names = append(names, r.Layer)
		}
		if err != nil {
			names = append(names, err.Error())
		}
		if got := strings.Join(names, " "); got != c.want && !(err != nil && strings.Contains(got, c.want)) {
			t.Errorf("%s gives %q, expected %q", c.call, got, c.want)
		}
	}
}
