package onnx

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

// folders are the cases of an archive of the ONNX project's backend tests: name of a file by folder.
func folders(t *testing.T, archive string) map[string]map[string][]byte {
	t.Helper()
	cases := map[string]map[string][]byte{}
	for path, file := range sharedtest.Untar(t, "conformance/onnx-backend/"+archive) {
		parts := strings.Split(path, "/")
		if len(parts) < 3 {
			continue
		}
		name := parts[0] + "/" + parts[1]
		if cases[name] == nil {
			cases[name] = map[string][]byte{}
		}
		cases[name][strings.Join(parts[2:], "/")] = file
	}
	return cases
}

// errDiffers is a wrong answer, as opposed to what is not supported.
var errDiffers = errors.New("differs")

// conforms runs a case: nil, a wrong answer or what is not supported.
func conforms(files map[string][]byte) error {
	m, err := Inspect(files["model.onnx"])
	if err != nil {
		return err
	}
	for set := 0; ; set++ {
		prefix := fmt.Sprintf("test_data_set_%d/", set)
		if !slices.ContainsFunc(keys(files), func(k string) bool { return strings.HasPrefix(k, prefix) }) {
			if set == 0 {
				return errors.New("has no data")
			}
			return nil
		}
		if err := m.conforms(files, prefix); err != nil {
			return err
		}
	}
}

func keys(m map[string][]byte) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}

func (m *Model) conforms(files map[string][]byte, prefix string) error {
	o := Options{Known: map[string]*tensor.Tensor{}, Shapes: map[string]tensor.Shape{}}
	inputs := map[string]*tensor.Tensor{}
	for i, in := range m.Graph.Inputs {
		b, ok := files[fmt.Sprintf("%sinput_%d.pb", prefix, i)]
		if !ok {
			continue // a weight that is listed among the inputs
		}
		v, err := readAs(b, in.Type)
		if err != nil {
			return fmt.Errorf("input %d: %w", i, err)
		}
		inputs[in.Name], o.Shapes[in.Name] = v, v.Shape()
		if v.Size() == 0 || len(v.Shape()) == 0 && in.Type.whole() {
			o.Known[in.Name] = v
		}
	}
	g, err := m.Build(o)
	for needs := (*NeedsValue)(nil); errors.As(err, &needs) && o.Known[needs.Input] == nil; {
		o.Known[needs.Input] = inputs[needs.Input]
		g, err = m.Build(o)
	}
	if err != nil {
		return err
	}
	return m.compare(g, files, prefix, inputs)
}

// readAs is a value of the suite, which has the bits of bfloat16 as uint16.
func readAs(file []byte, typ Type) (*tensor.Tensor, error) {
	t, v, err := ReadTensor(file)
	if err == nil && typ == BFloat16 && t.Type == UInt16 {
		t.Type = BFloat16
		return t.load(nil)
	}
	return v, err
}

// compare runs the graph by the reference.
func (m *Model) compare(g *graph.Graph, files map[string][]byte, prefix string,
	inputs map[string]*tensor.Tensor) error {
	for _, in := range g.Leaves(graph.Input) {
		if v := inputs[in.Name]; in.DType == tensor.Int32 && v != nil && v.DType() == tensor.Float32 {
			whole := tensor.New(tensor.Int32, v.Shape()...)
			for i, f := range v.F() {
				whole.I()[i] = int32(f)
			}
			inputs[in.Name] = whole
		}
	}
	p, err := eval.Runner(g, nil)
	if err != nil {
		return err
	}
	got, err := p.Run(inputs)
	if err != nil {
		return err
	}
	for i, out := range m.Graph.Outputs {
		b, ok := files[fmt.Sprintf("%soutput_%d.pb", prefix, i)]
		if !ok {
			continue
		}
		want, err := readAs(b, out.Type)
		if err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
		if err := near(got[out.Name], want); err != nil {
			return fmt.Errorf("output %q %w: %v", out.Name, errDiffers, err)
		}
	}
	return nil
}

// near holds values within the tolerances of the suite itself, 1e-3 of the value and 1e-6.
func near(got, want *tensor.Tensor) error {
	if !got.Shape().Equal(want.Shape()) {
		return fmt.Errorf("found shape %v, expected %v", got.Shape(), want.Shape())
	}
	values := got
	if got.DType() == tensor.Int32 {
		values = tensor.Floats(asFloats(got.I()), got.Shape()...)
	}
	for i, w := range want.F() {
		v := values.F()[i]
		if v == w || v != v && w != w {
			continue
		}
		if !(math.Abs(float64(v)-float64(w)) <= 1e-6+1e-3*math.Abs(float64(w))) {
			return fmt.Errorf("element %d is %v, expected %v", i, v, w)
		}
	}
	return nil
}

// Every case of the suite passes, or stands in the committed list with its reason; the list can only shrink.
func TestConformance(t *testing.T) {
	listed, err := os.ReadFile("testdata/not-passed.txt")
	if err != nil && os.Getenv("WAFER_CONFORMANCE") == "" {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for line := range strings.Lines(string(listed)) {
		allowed[strings.Fields(line)[0]] = true
	}
	var report []string
	passed, failed := 0, 0
	for _, archive := range []string{"onnx-backend-node.tar.gz", "onnx-backend-simple-pytorch.tar.gz"} {
		cases := folders(t, archive)
		names := make([]string, 0, len(cases))
		for name := range cases {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			err := conforms(cases[name])
			if err == nil {
				if passed++; allowed[name] {
					t.Errorf("%s passes: take it off testdata/not-passed.txt", name)
				}
				continue
			}
			kind := "unsupported"
			if errors.Is(err, errDiffers) {
				kind = "wrong"
				failed++
			}
			report = append(report, fmt.Sprintf("%s %s: %v\n", name, kind, err))
			if !allowed[name] && os.Getenv("WAFER_CONFORMANCE") == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	t.Logf("ONNX backend tests: %d of %d passed, %d wrong, %d unsupported", passed, passed+len(report), failed,
		len(report)-failed)
	if to := os.Getenv("WAFER_CONFORMANCE"); to != "" {
		if err := os.WriteFile(to, []byte(strings.Join(report, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
