package nn

import (
	"context"
	"errors"
	"testing"

	"wafer/nn/plan"
	"wafer/nn/task"
)

// What a run of Teach states is there before anything is computed, and is that of its plans and weights.
func TestTeachStatesItsMemory(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	samples, labels := teachable(12)
	req := request(labels)
	for _, whole := range []bool{false, true} {
		req.WholeNetwork, req.Epochs = whole, 1
		var programs int64
		var plans []*plan.Plan
		kept := Runner
		Runner = counting(&programs, &plans)
		t.Cleanup(func() { Runner = kept })
		no := errors.New("no")
		if _, _, err := Teach(context.Background(), base, req, samples, TeachOptions{Memory: func(Memory) error { return no }}); !errors.Is(err, no) || programs > 0 {
			t.Errorf("refused: error %v after programs of %d bytes", err, programs)
		}
		var stated Memory
		if _, _, err := Teach(context.Background(), base, req, samples, TeachOptions{Memory: func(m Memory) error { stated = m; return nil }}); err != nil {
			t.Fatal(err)
		}
		Runner = kept
		phase := map[bool]task.Phase{false: task.Features, true: task.Training}[whole] // of this little network
		if stated.Programs == 0 || stated.Programs > programs || stated.Phase != phase {
			t.Errorf("whole %t: stated %+v, expected %s; all programs of the run have %d bytes", whole, stated, phase, programs)
		}
		if whole && stated.Optimizer < 4*int64(base.info.Params) {
			t.Errorf("Adam's state for the whole network has %d bytes, which is less than its weights", stated.Optimizer)
		}
	}
}
