//go:build !js

package fit

import (
	"fmt"
	"strings"

	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/zoo"
)

// architecture builds a network by its name in the zoo. options are those of the recipe, empty for none; set, if given,
// adds those that follow from elsewhere.
func architecture(name string, options json.RawMessage, set func(*zoo.Options)) (*layers.Model, error) {
	var o zoo.Options
	if len(options) > 0 {
		d := json.NewDecoder(strings.NewReader(string(options)))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return nil, fmt.Errorf("options: %w", err)
		}
	}
	if set != nil {
		set(&o)
	}
	return zoo.New(name, o)
}
