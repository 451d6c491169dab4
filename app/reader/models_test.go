package reader

import (
	"slices"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/model"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// A published checkpoint of PyTorch that is dropped on the page is inspected and becomes a model that answers there.
func TestAPyTorchCheckpointBecomesAModel(t *testing.T) {
	file := sharedtest.Read(t, "models/resnet-cifar10-pytorch/resnet20-12fca82f.th")
	asked := func() bridge.Asked[bridge.None] {
		return bridge.Asked[bridge.None]{Buffers: [][]byte{slices.Clone(file)}}
	}
	q := bridge.ConvertRequest{Names: []string{"resnet20-12fca82f.th"}, Title: "resnet20"}
	o, _, err := inspect(asked(), q)
	if err != nil || len(o.Weights) != 97 || o.Weights[0].Name != "conv1.weight" {
		t.Errorf("the outline has %d weights (%v), expected 97 from conv1.weight on", len(o.Weights), err)
	}
	_, made, err := turn(asked(), q)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(made[0], model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pixels := &task.Pixels{Width: 32, Height: 32, RGBA: make([]byte, 4*32*32)}
	if r := m.Classify(task.Input{Pixels: pixels}); r.Error != "" || len(r.Scores) != 10 {
		t.Errorf("it answers %+v, expected scores of ten kinds", r)
	}
}

// A checkpoint that would run a program is refused by its name, on the page as elsewhere.
func TestACheckpointThatRunsCodeIsRefused(t *testing.T) {
	const magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
	file := []byte(magic + "\x80\x02M\xe9\x03.\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.")
	q := bridge.ConvertRequest{Names: []string{"model.pth"}}
	for name, ask := range map[string]func() error{
		"inspect": func() error {
			_, _, err := inspect(bridge.Asked[bridge.None]{Buffers: [][]byte{file}}, q)
			return err
		},
		"convert": func() error {
			_, _, err := turn(bridge.Asked[bridge.None]{Buffers: [][]byte{file}}, q)
			return err
		},
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(),
			"wants to run os.system: Wafer runs no code from files") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
