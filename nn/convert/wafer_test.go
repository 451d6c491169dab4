package convert

import (
	"os"
	"testing"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/foreign"
)

// A .wafer file is looked into like any other: its layers in their order, their sizes, and how its weights are spread.
func TestInspectOurOwn(t *testing.T) {
	file, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	o, err := Inspect(foreign.Files{{Name: "digits.wafer", Data: file}})
	if err != nil {
		t.Fatal(err)
	}
	var doc document.Document
	state, err := format.Decode(file, &doc)
	if err != nil {
		t.Fatal(err)
	}
	if o.Params() < doc.Info.Params || len(o.Nodes) != len(doc.Layers.Entries) {
		t.Errorf("got %d layers and %d numbers, expected %d and at least %d", len(o.Nodes), o.Params(),
			len(doc.Layers.Entries), doc.Info.Params)
	}
	if last := o.Nodes[len(o.Nodes)-1]; len(last.Shape) != 2 || last.Shape[0] != -1 || last.Shape[1] != 10 {
		t.Errorf("the last layer gives %v, expected ten shares for any number of samples", last.Shape)
	}
	if o.Nodes[0].FLOPs == 0 || len(o.Nodes[0].Attrs) == 0 {
		t.Errorf("the first layer has no operations or no settings: %+v", o.Nodes[0])
	}
	name := o.Weights[0].Name
	s, err := Spread(file, name)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range s.Bins {
		n += b
	}
	if n != state[name].Size() || s.Min > s.Max || s.Mean < float64(s.Min) || s.Mean > float64(s.Max) {
		t.Errorf("got %+v of %d numbers", s, state[name].Size())
	}
	if _, err := Spread(file, "none"); err == nil {
		t.Error("a weight that is not there was told")
	}
	if _, err := Inspect(foreign.Files{{Name: "digits.wafer", Data: file[:3000]}}); err == nil {
		t.Error("a file that was cut was told")
	}
}
