package nntest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Equal runs every case, and every differentiable one once more with its
// gradients, with the runner and with eval. It compares all results, and the
// parameters afterwards, bit for bit; any NaN equals any NaN.
func Equal(t *testing.T, runner graph.Runner) {
	t.Helper()
	cases := Cases()
	for _, c := range cases {
		if !c.NoGradient {
			cases = append(cases, c.withGradient())
		}
	}
	Compare(t, runner, cases)
}

// Random compares the runner with eval on n random graphs from a first seed on.
func Random(t *testing.T, runner graph.Runner, first uint64, n int) {
	t.Helper()
	var cases []Case
	for seed := range uint64(n) {
		cases = append(cases, RandomGraph(first+seed))
	}
	Compare(t, runner, cases)
}

// Compare is Equal over some cases.
func Compare(t *testing.T, runner graph.Runner, cases []Case) {
	t.Helper()
	for _, group := range byOp(cases) {
		name := group[0].Op.String()
		if group[0].Op == graph.NumOps {
			name = "graphs"
		}
		t.Run(name, func(t *testing.T) {
			ran := 0
			for _, c := range group {
				if c.Large && (testing.Short() || runtime.GOARCH == "wasm") {
					continue
				}
				ran++
				if d := compare(c, runner); d != "" {
					t.Errorf("%s: %s", c.Name, d)
				}
			}
			t.Logf("%d cases", ran)
		})
	}
}

// byOp groups cases by op, in the order of the ops.
func byOp(cases []Case) [][]Case {
	sorted := slices.Clone(cases)
	slices.SortStableFunc(sorted, func(a, b Case) int { return int(a.Op) - int(b.Op) })
	var groups [][]Case
	for i, c := range sorted {
		if i == 0 || c.Op != sorted[i-1].Op {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], c)
	}
	return groups
}

// trace is what a case gives: the outputs of every step, then the parameters,
// each under a name that says which.
type trace struct {
	names  []string
	values []*tensor.Tensor
}

func (r *trace) add(prefix string, m map[string]*tensor.Tensor) {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		r.names = append(r.names, prefix+name)
		r.values = append(r.values, m[name].Clone())
	}
}

// follow runs a case and gives its trace. A panic is an error.
func follow(c Case, runner graph.Runner) (r *trace, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, stack())
		}
	}()
	g, inputs, state := c.Build()
	p, err := runner(g, state)
	if err != nil {
		return nil, err
	}
	defer graph.Close(p)
	r = &trace{}
	for i := range c.Steps {
		out, err := p.Run(inputs)
		if err != nil {
			return nil, err
		}
		r.add(fmt.Sprintf("run %d, output ", i+1), out)
	}
	r.add("afterwards, parameter ", state)
	return r, nil
}

func stack() string {
	buf := make([]byte, 4096)
	return string(buf[:runtime.Stack(buf, false)])
}

// reference remembers eval's traces: several runners are compared in one process.
var reference sync.Map

func expected(c Case) (*trace, error) {
	if r, ok := reference.Load(c.Name); ok {
		return r.(*trace), nil
	}
	r, err := follow(c, eval.Runner)
	if err == nil {
		reference.Store(c.Name, r)
	}
	return r, err
}

// compare describes the first difference between runner and eval, "" if none.
func compare(c Case, runner graph.Runner) string {
	want, err := expected(c)
	if err != nil {
		return "eval: " + err.Error()
	}
	got, err := follow(c, runner)
	if err != nil {
		return err.Error()
	}
	if !slices.Equal(got.names, want.names) {
		return fmt.Sprintf("gives %q, eval gives %q", got.names, want.names)
	}
	for i, name := range want.names {
		if d := difference(got.values[i], want.values[i]); d != "" {
			return name + ": " + d
		}
	}
	return ""
}

// difference describes where two tensors differ, any NaN being equal to any NaN.
func difference(got, want *tensor.Tensor) string {
	if got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		return fmt.Sprintf("is %v, eval gives %v", got, want)
	}
	var first string
	count := 0
	for i := range want.Size() {
		a, b := bits(got, i), bits(want, i)
		if a == b {
			continue
		}
		if count++; count == 1 {
			first = fmt.Sprintf("element %d %v of %v: %s, eval gives %s", i, index(want.Shape(), i), want,
				show(got, a), show(want, b))
		}
	}
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%s; %d of %d differ", first, count, want.Size())
}

const canonicalNaN = 0x7fc00000

// bits are those of element i, every NaN being canonicalNaN.
func bits(t *tensor.Tensor, i int) uint32 {
	if t.DType() == tensor.Int32 {
		return uint32(t.I()[i])
	}
	if v := t.F()[i]; v == v {
		return math.Float32bits(v)
	}
	return canonicalNaN
}

func show(t *tensor.Tensor, bits uint32) string {
	if t.DType() == tensor.Int32 {
		return fmt.Sprint(int32(bits))
	}
	return fmt.Sprintf("%v (%08x)", math.Float32frombits(bits), bits)
}

// index is the place of element i along every axis.
func index(s tensor.Shape, i int) []int {
	at := make([]int, len(s))
	for a := len(s) - 1; a >= 0; a-- {
		at[a], i = i%s[a], i/s[a]
	}
	return at
}

// digest is a short hash of a trace: names, shapes and bits.
func (r *trace) digest() string {
	h := sha256.New()
	for i, t := range r.values {
		fmt.Fprintf(h, "%s %v\n", r.names[i], t)
		for k := range t.Size() {
			b := bits(t, k)
			h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

//go:embed testdata/bits.txt
var pinnedText string

// pinned are the digests of all cases as committed.
func pinned() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(pinnedText) {
		if name, digest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			m[name] = digest
		}
	}
	return m
}

// Pinned checks that eval gives the committed bits for every case: the same test
// on another platform compares the platforms.
func Pinned(t *testing.T) {
	want, ran := pinned(), 0
	for _, c := range Cases() {
		if c.Large {
			continue
		}
		r, err := expected(c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		ran++
		if got := r.digest(); got != want[c.Name] {
			t.Errorf("%s: results hash to %s, committed is %q (go test ./nn/nntest -run Pinned -update writes them "+
				"anew)", c.Name, got, want[c.Name])
		}
	}
	sum := sha256.Sum256([]byte(pinnedText))
	t.Logf("%d cases on %s/%s; list %s", ran, runtime.GOOS, runtime.GOARCH, hex.EncodeToString(sum[:8]))
}
