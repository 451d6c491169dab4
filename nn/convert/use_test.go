package convert

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"wafer/nn/format/safetensors"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
	"wafer/nn/text"
)

type reference struct {
	Cases []struct {
		Text      string
		Embedding []float32
	}
}

func TestUSELiteGivesThePublishedVectors(t *testing.T) {
	f, err := safetensors.Inspect(sharedtest.Read(t, "models/use-lite-en/use_lite_en.f16.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if !isUSELite(f) {
		t.Fatal("the file was not recognised")
	}
	net, state, err := useLite(f)
	if err != nil {
		t.Fatal(err)
	}
	u, err := text.UnigramFromJSON(sharedtest.Read(t, "models/use-lite-en/vocab.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/use-lite-en/reference.json"), &ref); err != nil {
		t.Fatal(err)
	}
	for form, c := range map[string]struct {
		state graph.State
		least float64
	}{"float16": {state, 0.99999}, "int8": {toInt8(net, state), 0.999}} {
		worst, all := 1.0, make([][]int32, len(ref.Cases))
		for i, want := range ref.Cases {
			all[i] = u.Sequence(want.Text)
		}
		for i, got := range embed(t, net, c.state, 128, all...) {
			worst = min(worst, cosine(got, ref.Cases[i].Embedding))
		}
		t.Logf("%s: least cosine %.6f", form, worst)
		if worst < c.least {
			t.Errorf("%s: the least cosine to the published vectors is %.6f, expected %v", form, worst, c.least)
		}
	}
	// The answer does not depend on the padding.
	ids := u.Sequence("How do I reset my password?")
	long := embed(t, net, state, 128, ids)[0]
	for _, length := range []int{9, 16, 33} {
		short := embed(t, net, state, length, ids, nil)[0]
		for i := range short {
			if math.Float32bits(short[i]) != math.Float32bits(long[i]) {
				t.Fatalf("with %d tokens of room number %d is %v, with 128 it is %v", length, i, short[i], long[i])
			}
		}
	}
}

// embed gives the vectors of several texts, in rows of one length.
func embed(t *testing.T, net *layers.Model, state graph.State, length int, texts ...[]int32) [][]float32 {
	t.Helper()
	rows := tensor.New(tensor.Int32, len(texts), length)
	for i, ids := range texts {
		for k, id := range ids[:min(len(ids), length)] {
			rows.I()[i*length+k] = id + 1
		}
	}
	g := graph.New()
	g.Output("y", net.Apply(g, g.Input("x", tensor.Int32, len(texts), length), layers.Options{}))
	p, err := native.Runner(1)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": rows})
	if err != nil {
		t.Fatal(err)
	}
	vectors, n := make([][]float32, len(texts)), out["y"].Shape()[1]
	for i := range texts {
		vectors[i] = slices.Clone(out["y"].F()[i*n : (i+1)*n])
	}
	return vectors
}

func cosine(a, b []float32) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		ab, aa, bb = ab+float64(a[i]*b[i]), aa+float64(a[i]*a[i]), bb+float64(b[i]*b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
