package recipe

import (
	"bytes"

	"wafer/nn/json"
)

// Bytes is the recipe with all defaults filled in, as one canonical line of JSON.
func (r *Recipe) Bytes() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic("recipe: " + err.Error()) // only a RawMessage that is not JSON
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		panic("recipe: " + err.Error())
	}
	return compact.Bytes()
}
