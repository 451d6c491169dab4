package tflite

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

const (
	models = "models/"
	edge   = models + "mobilenet-edgetpu-0.75-tflite/mobilenet_edgetpu_0.75_224_post_training_quant.tflite"
)

func TestEveryRealFileLoads(t *testing.T) {
	for path, params := range map[string]int{
		edge: 2974377,
		models + "mobilenet-v2-tflite/mobilenet_v2_1.0_224_quant.tflite": 3489097,
		models + "mobilenet-tflite/mobilenet_v1_0.25_224_float.tflite":   467593,
		models + "mobilenet-tflite/mobilenet_v1_0.25_224_quant.tflite":   467593,
		models + "mlperf-tiny/kws_ref_model.tflite":                      22604,
		models + "mlperf-tiny/kws_ref_model_float32.tflite":              22604,
		models + "mlperf-tiny/pretrainedResnet.tflite":                   0,
		models + "mlperf-tiny/pretrainedResnet_quant.tflite":             0,
		models + "mlperf-tiny/vww_96_int8.tflite":                        210850,
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n, err := Load(sharedtest.Read(t, path))
			if err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, w := range n.State {
				sum += w.Size()
			}
			t.Logf("%d layers, %d parameters, input %v %v", len(n.Layers.Entries), sum, n.Layers.Input().Shape, n.Input)
			if params != 0 && sum != params {
				t.Errorf("has %d parameters, expected %d", sum, params)
			}
		})
	}
}

// Weights of 8 bits per channel are found again, every one, without what the file said about them.
func TestWeightsStayWholeNumbersOfTheirChannel(t *testing.T) {
	n, err := Load(sharedtest.Read(t, edge))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := Inspect(sharedtest.Read(t, edge))
	kernels := 0
	for _, e := range n.Layers.Entries {
		w := n.State[e.Name+"/kernel"]
		if w == nil {
			continue
		}
		kernels++
		q, ok := tensor.ExactInt8(w.F(), w.Shape())
		if !ok {
			t.Errorf("%s of shape %v is not exact in 8 bits", e.Name, w.Shape())
			continue
		}
		if e.Name == "conv2d" {
			want := m.Tensors[m.Operators[1].Inputs[1]] // [24 3 3 3], outputs first
			for i, b := range want.Data {
				if got := q.Q[i%27*24+i/27]; got != int8(b) {
					t.Fatalf("element %d of the first kernel is %d, the file has %d", i, got, int8(b))
				}
			}
		}
	}
	if kernels != 59 {
		t.Errorf("found %d kernels, expected 46 + 13", kernels)
	}
}

func TestDamageIsAnError(t *testing.T) {
	good := sharedtest.Read(t, models+"mlperf-tiny/kws_ref_model.tflite")
	for n := 0; n < len(good)-64; n += 97 {
		if _, err := Load(good[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were read without an error", n, len(good))
		}
	}
	for i := 0; i < len(good); i += 61 { // no flipped byte may crash
		b := slices.Clone(good)
		b[i] ^= 0xff
		_, _ = Load(b)
	}
	for _, b := range [][]byte{nil, []byte("TFL3"), []byte("\x1c\x00\x00\x00TFL3"),
		binary.LittleEndian.AppendUint32(nil, 1<<31)} {
		if _, err := Load(b); err == nil {
			t.Errorf("%q was read without an error", b)
		}
	}
}

func FuzzLoad(f *testing.F) {
	b, err := os.ReadFile("../../../../shared/" + models + "mlperf-tiny/kws_ref_model.tflite")
	if err == nil {
		f.Add(b)
	}
	f.Add([]byte("\x1c\x00\x00\x00TFL3"))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = Load(b) })
}
