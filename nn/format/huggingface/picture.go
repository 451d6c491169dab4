package huggingface

import (
	"cmp"
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// preprocessor is preprocessor_config.json as far as it is read.
type preprocessor struct {
	Size      json.RawMessage `json:"size"`
	Crop      *bool           `json:"do_center_crop"`
	Normalize *bool           `json:"do_normalize"`
	Mean      []float32       `json:"image_mean"`
	Std       []float32       `json:"image_std"`
	Resample  int             `json:"resample"` // of PIL: 2 bilinear, 3 bicubic
}

// picture makes the vision transformer of Dosovitskiy et al. (2020, arXiv 2010.11929): squares of a picture are the
// tokens, behind one that stands for the whole.
func (f *folder) picture(w foreign.Weights) (*foreign.Network, error) {
	c := &f.config
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Channels == 0 {
		c.Channels = 3
	}
	if c.Patch < 1 || c.Image < c.Patch || c.Image > 2048 || c.Image%c.Patch != 0 || c.Channels != 3 ||
		c.Image/c.Patch > 64 {
		return nil, fmt.Errorf("config.json: pictures of side %d with %d channels in squares of %d, "+
			"expected RGB and a side of whole squares", c.Image, c.Channels, c.Patch)
	}
	if activations[c.HiddenAct] == "" {
		return nil, fmt.Errorf("config.json: hidden_act is %.60q, expected gelu, relu or silu", c.HiddenAct)
	}
	n := &foreign.Network{}
	e := &encoder{loader: newLoader(w, "vit.")}
	mean, std, err := f.pixels(n)
	if err != nil {
		return nil, err
	}
	n.Layers, err = checked(func() *layers.Model { f.vision(e, n, mean, std); return e.Model() })
	if err = cmp.Or(e.err, err); err != nil {
		return nil, err
	}
	n.State, err = e.fit(n.Layers)
	return n, err
}

// pixels says how a picture becomes numbers; what no normalisation of ours does goes into the first layer: it takes
// (x − mean)/std of x from 0 to 1.
func (f *folder) pixels(n *foreign.Network) (mean, std []float32, err error) {
	var p preprocessor
	if err := f.settings("preprocessor_config.json", &p); err != nil {
		return nil, nil, err
	}
	side := f.config.Image
	n.Image = &recipe.Image{Height: side, Width: side, Channels: 3, Resize: "bilinear", Mode: "stretch",
		Background: "white", Normalisation: "0..1"}
	if p.Crop != nil && *p.Crop {
		n.Image.Mode = "centre"
	}
	if p.Resample == 3 {
		n.Notes = append(n.Notes, "Its pictures were resized bicubically; here they are bilinearly.")
	}
	if p.Normalize != nil && !*p.Normalize {
		return []float32{0, 0, 0}, []float32{1, 1, 1}, nil
	}
	mean, std = []float32{0.5, 0.5, 0.5}, []float32{0.5, 0.5, 0.5}
	if len(p.Mean) == 3 && len(p.Std) == 3 {
		mean, std = p.Mean, p.Std
	}
	for _, s := range std {
		if !(s > 0) {
			return nil, nil, fmt.Errorf("preprocessor_config.json: image_std is %v, expected numbers above 0", std)
		}
	}
	return mean, std, nil
}

func (f *folder) vision(e *encoder, n *foreign.Network, mean, std []float32) {
	c := &f.config
	side := c.Image / c.Patch
	e.Functional = layers.NewFunctional("vit", layers.Spec{Shape: tensor.Shape{c.Image, c.Image, 3}})
	e.at = layers.InputName
	e.then("patches", layers.Conv2D(c.Hidden, c.Patch, "valid", "").Stride(c.Patch))
	e.patches(c.Patch, mean, std)
	e.then("tokens", layers.Reshape(side*side, c.Hidden))
	e.then("class", layers.Op(graph.Pad, graph.Range{Begin: []int{0, 1, 0}, End: []int{0, 0, 0}}))
	e.at = e.Named("embeddings", layers.Add(), e.at,
		e.Named("position_embeddings", layers.PositionEmbedding(side*side+1), e.at))
	e.positions(side*side+1, c.Hidden)
	for i := range c.Layers {
		e.visionBlock(fmt.Sprintf("encoder.layer.%d.", i), fmt.Sprintf("layer.%d.", i), c)
	}
	e.then("norm", normalised(c))
	e.norm("norm", "layernorm")
	e.first(c.Hidden)
	if !e.has("classifier.weight") {
		n.Encoder = true
		return
	}
	if w := e.get("classifier.weight", 2); w != nil {
		e.then("classifier", layers.Dense(w.Shape()[0], "softmax"))
		e.dense("classifier", "classifier")
		n.Labels = c.labels(w.Shape()[0])
	}
}

// patches is the first convolution [d 3 p p] as [p p 3 d], with (x − mean)/std in it.
func (e *encoder) patches(p int, mean, std []float32) {
	w, b := e.get("embeddings.patch_embeddings.projection.weight", 4),
		e.get("embeddings.patch_embeddings.projection.bias", 1)
	if e.err != nil {
		return
	}
	d := w.Shape()[0]
	if !w.Shape().Equal(tensor.Shape{d, 3, p, p}) || b.Size() != d {
		e.err = fmt.Errorf("the squares have a kernel of shape %v, expected [%d 3 %d %d]", w.Shape(), d, p, p)
		return
	}
	kernel, bias := tensor.New(tensor.Float32, p, p, 3, d), tensor.New(tensor.Float32, d)
	for o := range d {
		sum := float64(b.F()[o])
		for ch := range 3 {
			for at := range p * p {
				v := float64(w.F()[(o*3+ch)*p*p+at]) / float64(std[ch])
				kernel.F()[(at*3+ch)*d+o] = float32(v)
				sum -= v * float64(mean[ch])
			}
		}
		bias.F()[o] = float32(sum)
	}
	e.state["patches/kernel"], e.state["patches/bias"] = kernel, bias
}

// positions are those of the tokens; the first has the vector that stands for the whole picture, too.
func (e *encoder) positions(n, d int) {
	table, class := e.get("embeddings.position_embeddings", 3), e.get("embeddings.cls_token", 3)
	if e.err == nil && (table.Size() != n*d || class.Size() != d) {
		e.err = fmt.Errorf("has positions of shape %v, expected [1 %d %d]", table.Shape(), n, d)
	}
	if e.err != nil {
		return
	}
	for i, v := range class.F() {
		table.F()[i] += v
	}
	e.state["position_embeddings/embeddings"] = table.Reshape(n, d)
}

// visionBlock is x → y = x + attention(norm(x)) → y + dense(gelu(dense(norm(y)))).
func (e *encoder) visionBlock(from, name string, c *config) {
	x := e.at
	e.then(name+"before", normalised(c))
	e.norm(name+"before", from+"layernorm_before")
	attention := layers.MultiHeadAttention(c.Heads, c.Hidden/c.Heads)
	e.then(name+"attention", attention)
	for _, part := range []string{"query", "key", "value"} {
		e.dense(name+"attention/"+part, from+"attention.attention."+part)
		if e.err == nil && e.state[name+"attention/"+part+"/bias"] == nil { // qkv_bias is false
			e.state[name+"attention/"+part+"/bias"] = tensor.New(tensor.Float32, c.Hidden)
		}
	}
	e.dense(name+"attention/attention_output", from+"attention.output.dense")
	e.at = e.Named(name+"attention.add", layers.Add(), x, e.at)
	x = e.at
	e.then(name+"after", normalised(c))
	e.norm(name+"after", from+"layernorm_after")
	e.then(name+"intermediate", layers.Dense(c.Intermediate, activations[c.HiddenAct]))
	e.dense(name+"intermediate", from+"intermediate.dense")
	e.then(name+"output", layers.Dense(c.Hidden, ""))
	e.dense(name+"output", from+"output.dense")
	e.at = e.Named(name+"output.add", layers.Add(), x, e.at)
}
