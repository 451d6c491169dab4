package fit

import (
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/zoo"
)

// architecture refuses: what is taught in a tab stands on a model that is there, and the thirty networks of the zoo
// would weigh 12 KB in everybody's download.
func architecture(name string, _ json.RawMessage, _ func(*zoo.Options)) (*layers.Model, error) {
	return nil, say.Errorf("the network %s is built on a server or by wafer train, not in a browser", name)
}
