package layers

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func article() *Model {
	return Sequential("sequential", Spec{Shape: tensor.Shape{100}, DType: tensor.Int32},
		Embedding(10000, 128), LSTM(64), Dense(1, "sigmoid"))
}

func TestArticleProgramHasItsParameters(t *testing.T) {
	if got := article().Params(); got != 1329473 {
		t.Errorf("got %d parameters, want 1,329,473", got)
	}
}

func TestSummaryIsKeras(t *testing.T) {
	want := `Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ embedding (Embedding)           │ (None, 100, 128)       │     1,280,000 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ lstm (LSTM)                     │ (None, 64)             │        49,408 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 1)              │            65 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 1,329,473 (5.07 MB)
 Trainable params: 1,329,473 (5.07 MB)
 Non-trainable params: 0 (0.00 B)
`
	if got := article().Summary(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// every layer once, in a functional model with a branch.
func everything() *Model {
	b := NewFunctional("everything", Spec{Shape: tensor.Shape{16, 16, 3}})
	x := b.Add(Rescaling(1./255, 0), InputName)
	x = b.Add(ZeroPadding2D(1), x)
	x = b.Add(Conv2D(8, 3, "valid", "").NoBias(), x)
	x = b.Add(BatchNormalization(), x)
	x = b.Add(Activation("relu6"), x)
	y := b.Add(DepthwiseConv2D(3, 1, "same", "silu"), x)
	y = b.Add(SeparableConv2D(8, 3, 1, "same", "gelu"), y)
	x = b.Add(Add(), x, y)
	x = b.Add(MaxPooling2D(2), x)
	y = b.Add(AveragePooling2D(2), b.Add(Conv2D(4, 3, "same", "elu"), x))
	x = b.Add(MaxPooling2D(2), x)
	x = b.Add(Concatenate(), x, y)
	left := b.Add(GlobalAveragePooling2D(), x)
	right := b.Add(GlobalMaxPooling2D(), x)
	seq := b.Add(Reshape(-1, 12), x)
	seq = b.Add(Conv1D(6, 3, "causal", "tanh"), seq)
	seq = b.Add(LayerNormalization(), seq)
	seq = b.Add(Add(), seq, b.Add(PositionEmbedding(70), seq), b.Add(SegmentEmbedding(2), seq))
	seq = b.Add(ReLU(4), b.Add(MultiHeadAttention(2, 3), seq))
	seq = b.Add(Cropping1D(1, 2), seq)
	both := b.Add(Bidirectional(GRU(5).Sequences()), seq)
	both = b.Add(Bidirectional(LSTM(4)), both)
	mean := b.Add(GlobalAveragePooling1D(), seq)
	most := b.Add(GlobalMaxPooling1D(), seq)
	flatten := b.Add(Flatten(), seq)
	all := b.Add(Concatenate(), left, right, both, mean, most, flatten)
	all = b.Add(Dropout(0.5), all)
	b.Add(Dense(3, "softmax"), all)
	return b.Model()
}

func TestJSONRoundTripKeepsBytesAndShapes(t *testing.T) {
	m := everything()
	doc, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Model
	if err := json.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil || string(again) != string(doc) {
		t.Errorf("second document differs (%v):\n%s\n%s", err, doc, again)
	}
	if a, b := m.Summary(), back.Summary(); a != b {
		t.Errorf("summary\n%s\nbecame\n%s", a, b)
	}
}

// Each class makes a layer that says it is of that class and reads what it writes.
func TestEveryClassReadsItsOwnConfig(t *testing.T) {
	for class, empty := range classes {
		l := empty()
		if b, ok := l.(*BidirectionalLayer); ok {
			b.Layer = LSTM(3)
		}
		if b, ok := l.(*TimeDistributedLayer); ok {
			b.Layer = Dense(3, "")
		}
		doc, err := marshalLayer(l)
		if err != nil || doc.Class != class {
			t.Errorf("%s is written as %s, error %v", class, doc.Class, err)
			continue
		}
		back, err := doc.layer()
		if err != nil || !reflect.DeepEqual(back, l) {
			t.Errorf("%s: %s became %+v, error %v", class, doc.Config, back, err)
		}
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	defer func() {
		if e, ok := recover().(*Error); !ok || e.Layer != "a" {
			t.Errorf("got %v, want an error of layer a", e)
		}
	}()
	b := NewFunctional("m", Spec{Shape: tensor.Shape{2}})
	b.Named("a", Dense(1, ""), b.Named("a", Dense(2, ""), InputName))
}

func TestBrokenDocumentsAreErrors(t *testing.T) {
	for doc, want := range map[string]string{
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[]}`:                                                                                                                                                         "has 0 layers",
		`{"name":"m","input_shape":[2],"input_dtype":"f16","layers":[{"name":"a","class":"Flatten","inputs":["input"]}]}`:                                                                                                        "input_dtype",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Dance","inputs":["input"]}]}`:                                                                                                          `no layer class "Dance"`,
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Flatten","inputs":["b"]}]}`:                                                                                                            `no input "b"`,
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Conv2D","config":{"filters":1},"inputs":["input"]}]}`:                                                                                  "needs one input [batch height width channels]",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Dense","config":{"units":-3},"inputs":["input"]}]}`:                                                                                    "shape",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Dense","config":{"units":3000000000},"inputs":["input"]}]}`:                                                                            "shape",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Dense","config":{"units":3,"activation":"snap"},"inputs":["input"]}]}`:                                                                 `activation "snap"`,
		`{"name":"m","input_shape":[2,4],"input_dtype":"f32","layers":[{"name":"a","class":"MultiHeadAttention","config":{"num_heads":2},"inputs":["input"]}]}`:                                                                  "positive num_heads, key_dim",
		`{"name":"m","input_shape":[2,4],"input_dtype":"f32","layers":[{"name":"a","class":"PositionEmbedding","config":{"sequence_length":1},"inputs":["input"]}]}`:                                                             "1 positions",
		`{"name":"m","input_shape":[2,4],"input_dtype":"f32","layers":[{"name":"a","class":"Cropping1D","config":{"cropping":[1,1]},"inputs":["input"]}]}`:                                                                       "leaves nothing",
		`{"name":"m","input_shape":[2,2],"input_dtype":"f32","layers":[{"name":"a","class":"Bidirectional","config":{"layer":{"class":"Nope"}},"inputs":["input"]}]}`:                                                            `no layer class "Nope"`,
		`{"name":"m","inputs":[{"name":"a","shape":[2],"dtype":"f32"},{"name":"a","shape":[2],"dtype":"f32"}],"layers":[{"name":"b","class":"Flatten","inputs":["a"]}]}`:                                                         `name "a" of an input is empty or taken`,
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Flatten","inputs":["input"]}],"outputs":["b"]}`:                                                                                        `no layer "b" for an output`,
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Flatten","inputs":[]}]}`:                                                                                                               "has no inputs",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Flatten","config":{"data_fromat":1},"inputs":["input"]}]}`:                                                                             "data_fromat",
		`{"name":"m","input_shape":[8,8,1],"input_dtype":"f32","layers":[{"name":"a","class":"Conv2D","config":{"filters":1,"kernel_size":[3,3],"strides":[0,1],"padding":"same"},"inputs":["input"]}]}`:                         "stride [0 1]",
		`{"name":"m","input_shape":[8,8,1],"input_dtype":"f32","layers":[{"name":"a","class":"MaxPooling2D","config":{"pool_size":[2,2],"strides":[-1,1],"padding":"same"},"inputs":["input"]}]}`:                                "stride [-1 1]",
		`{"name":"m","input_shape":[8,8,1],"input_dtype":"f32","layers":[{"name":"a","class":"Conv2D","config":{"filters":1,"kernel_size":[3,3],"dilation_rate":[9223372036854775807,1],"padding":"same"},"inputs":["input"]}]}`: "below 268435456",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"op.param","inputs":["input"]}]}`:                                                                                                       `no layer class "op.param"`,
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"op.reshape","config":{"shape":[-3]},"inputs":["input"]}]}`:                                                                             "2 elements do not make [3]",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Parameter","config":{"shape":[99999,99999]},"inputs":[]}]}`:                                                                            "more than 2147483648 elements",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"Constant","config":{"dtype":"i32","shape":[1],"values":[0.5]},"inputs":[]}]}`:                                                          "no int32",
		`{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[{"name":"a","class":"op.broadcast","config":{"shape":[-1,70000,70000]},"inputs":["input"]}]}`:                                                               "does not broadcast",
		`{"name":"m","input_shape":[1],"input_dtype":"f32","layers":[{"name":"a","class":"op.broadcast","config":{"shape":[-1,70000,70000,1]},"inputs":["input"]}]}`:                                                             "elements",
	} {
		var m Model
		if err := json.Unmarshal([]byte(doc), &m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot error %v, want one with %q", doc, err, want)
		}
	}
}

// Models that are only large in number are refused before they take time or memory: layers, the
// inputs of one, what all of them come to, the axes of a shape.
func TestLimitsOfDocuments(t *testing.T) {
	wide := func(layers, inputs int) string {
		all := strings.Repeat(`"input",`, inputs-1) + `"input"`
		var list []string
		for i := range layers {
			list = append(list, fmt.Sprintf(`{"name":"a%d","class":"Add","inputs":[%s]}`, i, all))
		}
		return `{"name":"m","input_shape":[2],"input_dtype":"f32","layers":[` + strings.Join(list, ",") + `]}`
	}
	wrapped := `{"class":"Flatten","config":{"a":"` + strings.Repeat(`{\"`, 50) + `"}}`
	for range 4000 {
		wrapped = `{"class":"TimeDistributed","config":{"layer":` + wrapped + `}}`
	}
	for want, doc := range map[string]string{
		"config of TimeDistributed: is nested deeper than 32 levels": `{"name":"m","input_shape":[2,2],"input_dtype":"f32","layers":[{"name":"a","inputs":["input"],` + wrapped[1:] + `]}`,
		"has 16385 layers, must have 1 to 16384":                     wide(16385, 2),
		"has 1025 inputs, at most 1024 are read":                     wide(1, 1025),
		"more than 262144 operations":                                wide(300, 1024),
		"has 40 axes": `{"name":"m","input_shape":[` +
			strings.Repeat("1,", 39) + `1],"input_dtype":"f32","layers":[{"name":"a","class":"Flatten","inputs":["input"]}]}`,
		"has a result of 31 axes":          `{"name":"m","input_shape":[1],"input_dtype":"f32","layers":[{"name":"a","class":"Reshape","config":{"target_shape":[` + strings.Repeat("1,", 29) + `1]},"inputs":["input"]}]}`,
		"more than 1099511627776 elements": `{"name":"m","input_shape":[2000000,2],"input_dtype":"f32","layers":[{"name":"a","class":"MultiHeadAttention","config":{"num_heads":1,"key_dim":1},"inputs":["input"]}]}`,
	} {
		start := time.Now()
		err := json.Unmarshal([]byte(doc), new(Model))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q took %v", want, took)
		}
	}
}

func FuzzDocument(f *testing.F) {
	doc, _ := json.Marshal(everything())
	f.Add(doc)
	graphs, _, _ := FromGraph("ops", func(batch int) *graph.Graph {
		g := graph.New()
		m := Sequential("m", Spec{Shape: tensor.Shape{4, 4, 1}}, Conv2D(2, 3, "same", "elu"), Flatten(),
			Dense(2, "softmax"))
		g.Output("y", m.Build(g, m.Declare(g, batch), Options{})[0])
		return g
	})
	doc, _ = json.Marshal(graphs)
	f.Add(doc)
	f.Fuzz(func(t *testing.T, doc []byte) {
		var m Model
		_ = json.Unmarshal(doc, &m) // must not panic or hang
	})
}

func TestPartsOfAModelJoin(t *testing.T) {
	m := article()
	g := graph.New()
	x := g.Input("x", tensor.Int32, 2, 100)
	mid := m.Apply(g, x, Options{To: "lstm"})
	out := m.Apply(g, mid, Options{From: "lstm"})
	if !mid.Shape.Equal(tensor.Shape{2, 64}) || !out.Shape.Equal(tensor.Shape{2, 1}) {
		t.Errorf("got %v and %v, want [2 64] and [2 1]", mid.Shape, out.Shape)
	}
}

func TestInitialWeights(t *testing.T) {
	state := article().InitState(7)
	again := article().InitState(7)
	for name, w := range state {
		if d := w.Diff(again[name]); d != "" {
			t.Errorf("%s differs between two draws of one seed: %s", name, d)
		}
	}
	limit := float32(math.Sqrt(6.0 / (128 + 256)))
	for i, v := range state["lstm/kernel"].F() {
		if v < -limit || v > limit {
			t.Fatalf("lstm/kernel[%d] = %v is outside ±%v", i, v, limit)
		}
	}
	u := state["lstm/recurrent_kernel"].F() // [64, 256]: rows orthonormal
	for i := range 64 {
		for j := range i + 1 {
			sum, want := 0.0, 0.0
			for k := range 256 {
				sum += float64(u[i*256+k]) * float64(u[j*256+k])
			}
			if i == j {
				want = 1
			}
			if math.Abs(sum-want) > 1e-6 {
				t.Fatalf("rows %d and %d of the recurrent kernel: product %v, want %v", i, j, sum, want)
			}
		}
	}
	if b := state["lstm/bias"].F(); b[63] != 0 || b[64] != 1 || b[127] != 1 || b[128] != 0 {
		t.Errorf("bias around the forget gate: %v %v %v %v, want 0 1 1 0", b[63], b[64], b[127], b[128])
	}
}

func TestFrozenLayersKeepTheirStatistics(t *testing.T) {
	m := Sequential("m", Spec{Shape: tensor.Shape{4}}, BatchNormalization(), Dense(2, ""), BatchNormalization())
	g := graph.New()
	m.Apply(g, g.Input("x", tensor.Float32, 8, 4),
		Options{Training: true, Frozen: func(l string) bool { return l == "batch_normalization" }})
	if len(g.Updates) != 2 {
		t.Errorf("%d updates of moving statistics, want the 2 of the second normalisation", len(g.Updates))
	}
}

func TestSnake(t *testing.T) {
	for class, want := range map[string]string{
		"Conv2D": "conv2d", "LSTM": "lstm", "GlobalMaxPooling2D": "global_max_pooling2d",
		"DepthwiseConv2D":    "depthwise_conv2d",
		"BatchNormalization": "batch_normalization", "ZeroPadding2D": "zero_padding2d", "Conv1D": "conv1d",
	} {
		if got := snake(class); got != want {
			t.Errorf("snake(%q) = %q, want %q", class, got, want)
		}
	}
}

// Names have a length, and a sentence about a document does not quote all of it.
func TestNamesOfDocuments(t *testing.T) {
	huge, long := strings.Repeat("n", 5_000_000), strings.Repeat("n", 4000)
	doc := `{"name":"NAME","input_shape":[2],"input_dtype":"f32",` +
		`"layers":[{"name":"LAYER","class":"CLASS","inputs":["IN"]}],"outputs":["OUT"]}`
	for _, c := range [][2]string{{"NAME", "has a name of 5000000 bytes, at most 4096 are read"}, {"LAYER",
		"layer 0 has a name of 5000000 bytes"},
		{"CLASS", "no layer class"}, {"IN", "there is no input"}, {"OUT", "there is no layer"}, {"", ""}} {
		text := strings.Replace(doc, c[0], huge, min(1, len(c[0])))
		text = strings.NewReplacer("NAME", long, "LAYER", long, "CLASS", "Flatten", "IN", "input",
			"OUT", long).Replace(text)
		var m Model
		err := json.Unmarshal([]byte(text), &m)
		if (err == nil) != (c[1] == "") || err != nil && (!strings.Contains(err.Error(), c[1]) ||
			len(err.Error()) > 600) {
			t.Errorf("%s: got %.700v, expected a sentence with %q", c[0], err, c[1])
		}
	}
}
