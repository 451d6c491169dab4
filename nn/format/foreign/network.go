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
	ImageNet  bool          // its outputs are the 1000 classes of ImageNet in their usual order
	Encoder   bool          // gives features for other models to start from, no classes
	Image     *recipe.Image // how pictures become inputs
	Text      *recipe.Text  // how texts become inputs
	Tokenizer []byte        // as a .wafer file holds it
	Notes     []string      // what was left out or assumed, a sentence each
	Check     *Check        // of an export of Wafer: what Whole gives
	Whole     *layers.Model // Layers as they are in the file
}
