package tfjs

import (
	"bytes"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Metadata is what Teachable Machine writes beside a model.
type Metadata struct {
	Name      string   // of the model
	Labels    []string // in the order of the outputs
	Size      int      // side of the pictures, 0: as the network says
	Grayscale bool
}

// metadataJSON is metadata.json; the libraries of images, poses and sounds write different keys.
type metadataJSON struct {
	TFJS       string          `json:"tfjsVersion"`
	TM         string          `json:"tmVersion"`
	Package    string          `json:"packageName"`
	ModelName  string          `json:"modelName"`
	Labels     json.RawMessage `json:"labels"`
	WordLabels json.RawMessage `json:"wordLabels"`
	Settings   json.RawMessage `json:"modelSettings"`
	ImageSize  int             `json:"imageSize"`
	Grayscale  bool            `json:"grayscale"`
}

// metadata reads metadata.json. Models of poses and sounds, whose inputs are no pictures, are errors.
func (m *Model) metadata(file []byte) error {
	var doc metadataJSON
	if err := json.Unmarshal(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), &doc); err != nil {
		return say.Errorf("its metadata.json cannot be read: %w", err)
	}
	switch {
	case strings.Contains(doc.Package, "/pose") || bytes.Contains(doc.Settings, []byte("posenet")):
		return say.New("it is a Teachable Machine model of poses, which needs PoseNet before it; " +
			"those of images are read")
	case len(doc.WordLabels) > 0 || strings.Contains(doc.Package, "speech") || strings.Contains(doc.Package, "audio"):
		return say.New("it is a Teachable Machine model of sounds; those of images are read")
	case strings.Contains(doc.Package, "@teachablemachine/") && !strings.HasSuffix(doc.Package, "/image"):
		return say.Errorf("it is a model of Teachable Machine's %.80q; those of images are read", doc.Package)
	}
	m.Metadata = &Metadata{Name: doc.ModelName, Size: doc.ImageSize, Grayscale: doc.Grayscale}
	if n := bytes.Count(doc.Labels, []byte(",")); n > maxLabels {
		return say.Errorf("its metadata.json lists %d labels, at most %d are read", n, maxLabels)
	}
	if len(doc.Labels) == 0 {
		return nil
	}
	if err := json.Unmarshal(doc.Labels, &m.Metadata.Labels); err != nil {
		return say.Errorf("its metadata.json cannot be read: %w", err)
	}
	return nil
}

// maxLabels is how many labels, and commas in them, are read.
const maxLabels = 1 << 16

// image is how Teachable Machine prepares pictures: the middle square, RGB or grey, divided by 127.5, less 1.
func (d *Metadata) image(in tensor.Shape) (*recipe.Image, error) {
	if len(in) != 3 || in[2] != 1 && in[2] != 3 {
		return nil, say.Errorf("its metadata.json is that of pictures, but the network takes inputs of shape %v", in)
	}
	if d.Size != 0 && (d.Size != in[0] || d.Size != in[1]) || d.Grayscale && in[2] != 1 {
		return nil, say.Errorf("its metadata.json says pictures of side %d, but the network takes inputs of shape %v",
			d.Size, in)
	}
	return &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre",
		Background: "white", Normalisation: "-1..1"}, nil
}
