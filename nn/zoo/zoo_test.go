package zoo

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

func TestArchitecturesBuildAndCountTheirParameters(t *testing.T) {
	for name, want := range map[string]int{
		"digits_cnn":  241546,
		"fashion_cnn": 279338,
		"land_cnn":    139722,
		"text_lstm":   1329473,
		"text_ngram":  1598210,
	} {
		count(t, name, Options{}, all, want)
	}
}

// Published numbers of parameters. Keras counts all of them, PyTorch those that are trained.
func TestArchitecturesHaveTheirPublishedParameters(t *testing.T) {
	count(t, "vgg16", Options{}, all, 138357544)           // keras.io/api/applications
	count(t, "vgg16", Options{NoTop: true}, all, 14714688) // Keras' summary
	count(t, "mobilenet_v1", Options{}, all, 4253864)      // Keras' summary
	count(t, "mobilenet_v1", Options{Alpha: 0.25}, all, 475544)
	count(t, "mobilenet_v2", Options{}, all, 3538984)     // Keras' summary
	count(t, "mobilenet_v2", Options{}, trained, 3504872) // Keras' and torchvision
	count(t, "resnet18", Options{}, trained, 11689512)    // torchvision
	count(t, "resnet18", Options{}, all, 11689512+2*4800) // and mean and variance of 4800 normalised channels
	count(t, "vgg19", Options{}, all, 143667240)
	count(t, "vgg19", Options{NoTop: true}, all, 20024384)
	// pytorch.org/vision/stable/models
	count(t, "vgg16_bn", Options{}, trained, 138365992)
	count(t, "vgg19_bn", Options{}, trained, 143678248)
	count(t, "resnet34", Options{}, trained, 21797672)
	count(t, "resnet50", Options{}, trained, 25557032)
	count(t, "resnet50", Options{NoTop: true}, trained, 25557032-2049000)
	count(t, "mobilenet_v2_torch", Options{}, trained, 3504872)
	count(t, "mobilenet_v3_large", Options{}, trained, 5483032)
	count(t, "mobilenet_v3_small", Options{}, trained, 2542856)
	count(t, "squeezenet1_1", Options{}, trained, 1235496)
	count(t, "squeezenet1_1", Options{NoTop: true}, trained, 722496)
	count(t, "densenet121", Options{}, trained, 7978856)
	count(t, "efficientnet_b0", Options{}, trained, 5288548)
	count(t, "efficientnet_lite0", Options{}, trained, 4652008) // timm
	count(t, "mobilenet_v4_small", Options{}, trained, 3774024) // timm
	// github.com/akamaster/pytorch_resnet_cifar10
	count(t, "resnet20", Options{}, trained, 269722)
	count(t, "resnet32", Options{}, trained, 464154)
	count(t, "resnet44", Options{}, trained, 658586)
	count(t, "resnet56", Options{}, trained, 853018)
	count(t, "lenet", Options{}, all, 61706)
	count(t, "text_cnn", Options{}, all, 16384*128+100*(3+4+5)*128+300+2*301)
	count(t, "fasttext", Options{}, all, 16384*96+2*97)
	// huggingface.co/distilbert-base-uncased: 66362880, whose embeddings have no segments
	count(t, "distilbert", Options{NoTop: true}, all, 66362880)
	count(t, "bert_tiny", Options{NoTop: true}, all, bertParameters(2, 128, 512))
	count(t, "minilm_l6", Options{NoTop: true}, all, bertParameters(6, 384, 1536))
	// The published files (huggingface.co) hold the pooler, d² + d, too.
	count(t, "bert_tiny", Options{}, all, 4385920+2*129) // and a classifier of two
	count(t, "minilm_l6", Options{NoTop: true}, all, 22713216-384*385)
}

// bertParameters of an encoder: the tables (30522 words, 512 positions, 2 segments) and a
// normalisation; per layer the four matrices of attention, the two of the feed-forward layer,
// their biases and two normalisations.
func bertParameters(layers, d, ff int) int {
	return (30522+512+2)*d + 2*d + layers*(4*(d*d+d)+d*ff+ff+ff*d+d+4*d)
}

func all(layers.Weight) bool       { return true }
func trained(w layers.Weight) bool { return w.Trainable }

func count(t *testing.T, name string, o Options, which func(layers.Weight) bool, want int) {
	t.Helper()
	m, err := New(name, o)
	if err != nil {
		t.Error(err)
		return
	}
	got := 0
	for _, w := range m.Weights() {
		if which(w) {
			got += w.Shape.Size()
		}
	}
	if got != want {
		t.Errorf("%s has %d parameters, want %d\n%s", name, got, want, m.Summary())
	}
}

// A training step of every architecture can be built and run: each trained weight but
// the rows that the batch does not touch gets a gradient, and the fast runner has
// eval's bits.
func TestArchitecturesTrain(t *testing.T) {
	small := map[string]Options{
		"vgg16":        {Height: 32, Width: 32, Classes: 3, Units: 32},
		"resnet18":     {Height: 32, Width: 32, Classes: 3},
		"mobilenet_v1": {Height: 32, Width: 32, Classes: 3, Alpha: 0.25},
		"mobilenet_v2": {Height: 32, Width: 32, Classes: 3, Alpha: 0.35},
		"bert_tiny":    {Words: 40, Length: 9, Positions: 16, Classes: 3},
		"minilm_l6":    {Words: 40, Length: 9, Positions: 16, Classes: 3, Layers: 2},
	}
	reference := map[string]graph.Runner{"vgg16": native.Runner(1), "resnet18": native.Runner(1)} // eval takes 20 s
	for name, o := range small {
		t.Run(name, func(t *testing.T) {
			m, err := New(name, o)
			if err != nil {
				t.Fatal(err)
			}
			slow := reference[name]
			if slow == nil {
				slow = eval.Runner
			}
			want, wantState := step(t, m, slow)
			got, gotState := step(t, m, native.Runner(2))
			if d := want["loss"].Diff(got["loss"]); d != "" {
				t.Errorf("loss: %s", d)
			}
			before := m.InitState(1)
			for _, w := range m.Weights() {
				if d := wantState[w.Name].Diff(gotState[w.Name]); d != "" {
					t.Errorf("%s: %s", w.Name, d)
				}
				// Softmax takes the shift of the keys away again, batch normalisation that of a block.
				shift := strings.HasSuffix(w.Name, "key/bias") || strings.HasSuffix(w.Name, "project_BN/beta")
				if before[w.Name].Equal(gotState[w.Name]) && !shift {
					t.Errorf("%s is as before the step", w.Name)
				}
			}
		})
	}
}

// step runs one step of stochastic gradient descent on two made-up samples.
func step(t *testing.T, m *layers.Model, runner graph.Runner) (map[string]*tensor.Tensor, graph.State) {
	t.Helper()
	sgd := recipe.Optimizer{Name: "sgd", LearningRate: 0.1}
	g := train.StepGraph(m, recipe.Loss{Name: "sparse_categorical_crossentropy"}, sgd, 2, false, train.Part{})
	state, inputs := m.InitState(1), map[string]*tensor.Tensor{}
	for _, n := range g.Leaves(graph.Param) {
		if state[n.Name] == nil {
			state[n.Name] = tensor.New(tensor.Float32, n.Shape...)
		}
	}
	for _, n := range g.Leaves(graph.Input) {
		v := tensor.New(n.DType, n.Shape...)
		inputs[n.Name] = v
		for i := range v.Size() {
			if n.DType == tensor.Float32 {
				v.F()[i] = float32(unit(inputNumber, i))
			} else {
				v.I()[i] = int32(i) % 3
			}
		}
	}
	for name, v := range (train.Optimizer{Optimizer: sgd}).Scalars(1, sgd.LearningRate) {
		inputs[name] = tensor.Scalar(float32(v))
	}
	p, err := runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return out, state
}

// Each architecture takes the options that change it and refuses the others by name: it would
// catch a recipe whose option is passed over in silence, and a line of the table that says too much.
func TestOptionsThatAnArchitectureDoesNotHave(t *testing.T) {
	values := map[string]Options{
		"height": {Height: 96}, "width": {Width: 96}, "channels": {Channels: 2}, "alpha": {Alpha: 0.5},
		"classes": {Classes: 7},
		"words":   {Words: 500}, "length": {Length: 40}, "positions": {Positions: 600}, "dim": {Dim: 48},
		"layers": {Layers: 1},
		"heads":  {Heads: 1}, "feed_forward": {FeedForward: 20}, "units": {Units: 30}, "dropout": {Dropout: 0.25},
	}
	for _, name := range Names() {
		standard, err := New(name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		plain, _ := json.Marshal(standard)
		for option, o := range values {
			m, err := New(name, o)
			if has := slices.Contains(strings.Fields(uses(name)), option); !has {
				if err == nil || !strings.Contains(err.Error(), "has no option "+option) {
					t.Errorf("%s with %s: got %v, want an error that names the option", name, option, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s with %s: %v", name, option, err)
				continue
			}
			if changed, _ := json.Marshal(m); string(changed) == string(plain) {
				t.Errorf("%s is the same with %s: it does not have that option", name, option)
			}
		}
	}
}

func uses(name string) string {
	a, _ := find(name)
	return a.uses
}

func TestWrongNamesAndSizesAreErrors(t *testing.T) {
	if _, err := New("vgg99", Options{}); err == nil || !strings.Contains(err.Error(), "fashion_cnn") {
		t.Errorf("got %v, want an error that lists the architectures", err)
	}
	for name, wrong := range map[string][]Options{
		"digits_cnn":   {{Height: 3}, {Height: 1 << 40}}, // three poolings do not fit in 3 rows
		"vgg16":        {{Height: 16}, {Classes: -1}, {Units: 1 << 30}},
		"mobilenet_v1": {{Alpha: 0.001}, {Alpha: -1}},
		"mobilenet_v2": {{Alpha: 1e30}},
		"bert_tiny":    {{Heads: 3}, {Layers: 1 << 40}, {Length: 600}, {Dim: -2}, {Dropout: 1}},
	} {
		for _, o := range wrong {
			if _, err := New(name, o); err == nil {
				t.Errorf("%s of %+v must be an error", name, o)
			}
		}
	}
}
