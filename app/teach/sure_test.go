package teach

import (
	"fmt"
	"testing"

	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/nn/task"
)

// A threshold is kept with the project and in the file of its model, and goes with every run that learns.
func TestAThresholdIsKeptWithTheModel(t *testing.T) {
	kept := store.Memory()
	d := newDesk(t, kept)
	bridge.Handle(d.worker.Handlers, bridge.BeSure,
		func(_ bridge.Asked[bridge.None], q bridge.SureRequest) (done bridge.Described, _ [][]byte, err error) {
			done.Model = task.Model{Rejects: q.Least > 0, SHA256: "sure", Bytes: 4}
			return done, [][]byte{[]byte(fmt.Sprint("sure from ", q.Least))}, nil
		})
	d.fill(3)
	d.learnt("first")
	d.SetSure(0.7)
	d.until("the model is told", func(s State) bool { return s.Model != nil && s.Model.Rejects })
	if file, err := kept.ModelFile(OwnModel(task.Text)); err != nil || string(file) != "sure from 0.7" {
		t.Errorf("the file kept is %q (%v)", file, err)
	}
	d.AddText(d.Get().Project.Classes[0].ID, "good and new")
	q, finish := d.asked()
	if finish("second"); q.Sure != 0.7 {
		t.Errorf("the next run asks for %v, expected 0.7", q.Sure)
	}
	d.until("it is learnt", func(s State) bool { return !s.Settling && s.Training.Stage == Done })
	d.SetSure(0)
	d.until("the model always answers again", func(s State) bool { return s.Model != nil && !s.Model.Rejects })
	if sure := d.Get().Project.Settings.Sure; sure != 0 {
		t.Errorf("the setting is %v, expected 0", sure)
	}
}
