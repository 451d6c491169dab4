package convert

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/model"
	"wafer/nn/tensor"
)

// ONNX Runtime gives what we give for every shipped model that went out as an ONNX file.
func TestONNXRuntimeOpensWhatIsWritten(t *testing.T) {
	folder := os.Getenv("WAFER_ONNXRUNTIME")
	if folder == "" {
		t.Skip("skipped: WAFER_ONNXRUNTIME does not say where onnxruntime-web is installed (make onnxruntime)")
	}
	type job struct {
		File   string    `json:"file"`
		Type   string    `json:"type"`
		Shape  []int     `json:"shape"`
		Values []float64 `json:"values"`
	}
	paths, err := filepath.Glob("../../static/models/*.wafer")
	if err != nil {
		t.Fatal(err)
	}
	var jobs []job
	var want []*tensor.Tensor
	for _, path := range paths {
		file := shippedFile(t, strings.TrimSuffix(filepath.Base(path), ".wafer"))
		m, err := model.Open(file, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := Export(file, ExportOptions{Format: "onnx"})
		if err != nil {
			t.Fatal(err)
		}
		net := m.Document().Layers
		x := sample(net.Input())
		j := job{File: filepath.Join(t.TempDir(), "m.onnx"), Type: "float32", Shape: x.Shape()}
		if err := os.WriteFile(j.File, out, 0o600); err != nil {
			t.Fatal(err)
		}
		want = append(want, answer(t, net, m.State(), x))
		if x.DType() == tensor.Int32 {
			j.Type = "int32"
			for _, v := range x.I() {
				j.Values = append(j.Values, float64(v))
			}
		} else {
			if len(j.Shape) == 4 { // [n h w c] → [n c h w]
				x = first(x)
				j.Shape = x.Shape()
			}
			for _, v := range x.F() {
				j.Values = append(j.Values, float64(v))
			}
		}
		jobs = append(jobs, j)
	}
	doc, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "jobs.json")
	if err := os.WriteFile(list, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/onnxruntime.cjs", folder, list)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	printed, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &complaint)
	}
	var got [][]float32
	if err := json.Unmarshal(printed[strings.LastIndex(string(printed), "\n["):], &got); err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		worst := 0.0
		for k, w := range want[i].F() {
			worst = math.Max(worst, math.Abs(float64(got[i][k]-w)))
		}
		t.Logf("%s: largest difference %.2g", filepath.Base(path), worst)
		if !(worst <= 1e-5) || len(got[i]) != want[i].Size() {
			t.Errorf("%s: %d numbers that differ by up to %v, expected %d and 1e-5", path, len(got[i]), worst,
				want[i].Size())
		}
	}
}

// first is [n h w c] as [n c h w].
func first(x *tensor.Tensor) *tensor.Tensor {
	s := x.Shape()
	y := tensor.New(tensor.Float32, s[0], s[3], s[1], s[2])
	for n := range s[0] {
		for p := range s[1] * s[2] {
			for c := range s[3] {
				y.F()[(n*s[3]+c)*s[1]*s[2]+p] = x.F()[(n*s[1]*s[2]+p)*s[3]+c]
			}
		}
	}
	return y
}
