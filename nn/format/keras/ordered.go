package keras

import (
	"wafer/nn/format/foreign"
	"wafer/nn/say"
)

// Listed are weights that a file lists without saying whose they are, in the order of model.get_weights().
type Listed struct{ Arrays []Array }

// Layer is never asked for.
func (l *Listed) Layer([]string) ([]Array, error) { return nil, say.New("its weights have no names") }

// next is the next n arrays.
func (l *Listed) next(n int) ([]Array, error) {
	if n > len(l.Arrays) {
		return nil, say.Errorf("the file has %d weights for it, expected %d", len(l.Arrays), n)
	}
	list := l.Arrays[:n]
	l.Arrays = l.Arrays[n:]
	return list, nil
}

// FromArrays makes a network of an architecture (the JSON of model.to_json(), among files) and arrays in the order of
// model.get_weights(). side is that of pictures where the architecture leaves it open, 0: 224.
func FromArrays(files foreign.Files, arrays []Array, side int) (*foreign.Network, error) {
	m, err := Parse([]byte(architecture(files)))
	if err != nil {
		return nil, err
	}
	f := &File{Model: m, weights: &Listed{arrays}, tokenizer: tokenizer(files)}
	n, err := f.Load(side)
	if rest := len(f.weights.(*Listed).Arrays); err == nil && rest > 0 {
		return nil, say.Errorf("has %d arrays more than the network has weights", rest)
	}
	return n, err
}

// HasArchitecture tells whether the JSON of one is among the files.
func HasArchitecture(files foreign.Files) bool { return architecture(files) != "" }
