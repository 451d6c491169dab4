package worker

import (
	"bytes"
	"fmt"
	"testing"

	"wafer/app/bridge"
)

// Samples that came before, in pieces, give the file that those in one message give; what no Teach names is forgotten.
func TestTeachOfPreparedSamples(t *testing.T) {
	w, file := digitsAt(t)
	req, buffers := drawings(file, 6)
	whole := ask(t, w, bridge.Teach, req, buffers...)
	if len(whole.files) != 1 {
		t.Fatalf("in one message: %s", whole.why)
	}
	named := req
	named.Inputs = nil
	for i, in := range req.Inputs {
		in.Key = fmt.Sprint("key ", i)
		piece := in
		piece.Buffer = 0
		q := bridge.PrepareRequest{Base: "digits", Inputs: []bridge.Input{piece}}
		if a := ask(t, w, bridge.Prepare, q, buffers[i]); a.why != "" {
			t.Fatalf("preparing sample %d: %s", i, a.why)
		}
		in.Buffer, in.Width, in.Height = -1, 0, 0
		named.Inputs = append(named.Inputs, in)
	}
	for range 2 {
		a := ask(t, w, bridge.Teach, named)
		if len(a.files) != 1 || !bytes.Equal(a.files[0], whole.files[0]) {
			t.Fatalf("prepared: %s: another file than in one message", a.why)
		}
	}
	few := named
	few.Inputs, few.Labels = named.Inputs[:8], named.Labels[:8]
	if a := ask(t, w, bridge.Teach, few); a.why != "" {
		t.Fatal(a.why)
	}
	if a := ask(t, w, bridge.Teach, named); a.why != bridge.Lost {
		t.Errorf("samples that the last training did not name: got %q, expected %q", a.why, bridge.Lost)
	}
	bad := bridge.PrepareRequest{Base: "digits", Inputs: []bridge.Input{{Name: "x.png", Key: "x"},
		{Name: "y.png", Key: "y", Buffer: 1}}}
	a := ask(t, w, bridge.Prepare, bad, []byte("no picture"), []byte{})
	if list := a.done.Unusable; len(list) != 2 || list[0].Key != "x" || list[0].Said == nil || list[1].Key != "y" {
		t.Errorf("two damaged pictures: got %+v, expected both by their keys, with sentences", list)
	}
}
