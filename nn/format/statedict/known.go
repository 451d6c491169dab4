package statedict

import (
	"fmt"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/layers"
	"wafer/nn/recipe"
)

// architecture is one of the zoo whose weights are published for PyTorch.
type architecture struct {
	zoo     string
	probe   string          // a module that it has, so that few are tried
	layers  int             // how many have weights
	modules func() []string // PyTorch's names of these, in the zoo's order; nil: they are the zoo's names
	input   string          // recipe.Image.Normalisation that is usual; "": imagenet
	change  func(*foreign.Network)
}

// known are the architectures by the names of torchvision, timm and the CIFAR ResNets of
// github.com/akamaster/pytorch_resnet_cifar10.
var known = []architecture{
	{zoo: "densenet121", probe: "features.denseblock4.denselayer16.conv2", layers: 242},
	{zoo: "efficientnet_b0", probe: "features.8.0", layers: 131},
	{zoo: "efficientnet_lite0", probe: "blocks.6.0.conv_pwl", layers: 99},
	{zoo: "lenet", probe: "fc3", layers: 5, input: "0..1"},
	{zoo: "mobilenet_v2_torch", probe: "features.18.0", layers: 105},
	{zoo: "mobilenet_v3_large", probe: "features.16.0", layers: 110},
	{zoo: "mobilenet_v3_small", probe: "features.12.0", layers: 88},
	{zoo: "mobilenet_v4_small", probe: "blocks.4.0.conv", layers: 93},
	{zoo: "resnet18", probe: "layer4.1.conv2", layers: 41},
	{zoo: "resnet20", probe: "layer3.2.conv2", layers: 39},
	{zoo: "resnet32", probe: "layer3.4.conv2", layers: 63},
	{zoo: "resnet34", probe: "layer4.2.conv2", layers: 73},
	{zoo: "resnet44", probe: "layer3.6.conv2", layers: 87},
	{zoo: "resnet50", probe: "layer4.2.conv3", layers: 107},
	{zoo: "resnet56", probe: "layer3.8.conv2", layers: 111},
	{zoo: "squeezenet1_1", probe: "features.12.expand3x3", layers: 26},
	{zoo: "squeezenet1_1", probe: "fire9/expand3x3", layers: 26, modules: fire, change: asCaffe},
	{zoo: "vgg16", probe: "features.28", layers: 16, modules: vgg(1, 2, 2, 3, 3, 3)},
	{zoo: "vgg16_bn", probe: "features.40", layers: 29, modules: vgg(2, 2, 2, 3, 3, 3)},
	{zoo: "vgg19", probe: "features.34", layers: 19, modules: vgg(1, 2, 2, 4, 4, 4)},
	{zoo: "vgg19_bn", probe: "features.49", layers: 35, modules: vgg(2, 2, 2, 4, 4, 4)},
}

// vgg are torchvision's names: numbers in a list where every convolution is followed by its ReLU, with a normalisation
// between where each takes two places, and every block by its pooling.
func vgg(each int, blocks ...int) func() []string {
	return func() (names []string) {
		at := 0
		for _, n := range blocks {
			for range n {
				for range each {
					names = append(names, fmt.Sprint("features.", at))
					at++
				}
				at++
			}
			at++
		}
		return append(names, "classifier.0", "classifier.3", "classifier.6")
	}
}

// image is how pictures become inputs of a shape [height width channels].
func (a architecture) image(shape []int) *recipe.Image {
	i := &recipe.Image{Height: shape[0], Width: shape[1], Channels: shape[2], Resize: "bilinear", Mode: "centre",
		Background: "white", Normalisation: a.input}
	if i.Normalisation == "" {
		i.Normalisation = "imagenet"
	}
	return i
}

// fire are the names of SqueezeNet 1.1 in Caffe (github.com/forresti/SqueezeNet), which other tools' files keep.
func fire() []string {
	names := []string{"conv1"}
	for i := 2; i <= 9; i++ {
		for _, part := range []string{"squeeze1x1", "expand1x1", "expand3x3"} {
			names = append(names, fmt.Sprintf("fire%d/%s", i, part))
		}
	}
	return append(names, "conv10")
}

// asCaffe makes the network what Caffe's definition is: pictures in BGR less their mean, and zeros around the last
// convolution's input.
func asCaffe(n *foreign.Network) {
	n.Image.Normalisation, n.Pixels = "none", &foreign.Pixels{Order: "bgr", Mean: []float32{104, 117, 123}}
	net := n.Layers
	for i, e := range net.Entries {
		if e.Name == "classifier.1" {
			pad := layers.Entry{Name: "classifier.1.pad", Layer: layers.ZeroPadding2D(1), Inputs: e.Inputs}
			net.Entries[i].Inputs = []string{pad.Name}
			net.Entries = slices.Insert(net.Entries, i, pad)
			return
		}
	}
}
