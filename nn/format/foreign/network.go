package foreign

import (
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
)

// Network is a file as a model that runs here, with float32 weights.
type Network struct {
	Layers *layers.Model
	State  graph.State

	// What a file may say beside its network; zero values where it does not.
	Name      string
	Labels    []string
	Pixels    *Pixels       // what the network wants of them beyond Image
	ImageNet  bool          // its outputs are the 1000 classes of ImageNet in their usual order
	Encoder   bool          // gives features for other models to start from, no classes
	Image     *recipe.Image // how pictures become inputs
	Text      *recipe.Text  // how texts become inputs
	Tokenizer []byte        // as a .wafer file holds it
	Notes     []string      // what was left out or assumed, a sentence each
	Check     *Check        // of an export of Wafer: what Whole gives
	Whole     *layers.Model // Layers as they are in the file
}

// Pixels are what a network wants of the bytes 0…255 of a picture beyond Image.Normalisation: that is the first
// step, and these are layers at the network's front. Keras' preprocess_input of mode "caffe" is order "bgr" with
// mean 103.939, 116.779, 123.68 behind normalisation "none".
type Pixels struct {
	Order string    `json:"order,omitempty"` // "bgr"; "" is RGB
	Mean  []float32 `json:"mean,omitempty"`  // of each channel in that order, subtracted; none: 0
	Std   []float32 `json:"std,omitempty"`   // of each channel, divided by; none: 1
}
