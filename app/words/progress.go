package words

import "wafer/nn/task"

// Doing says what a run is doing. prefix chooses the texts: "teach.run." speaks to
// whoever gave the examples, "jobs.run." to anybody. later is whether the stage is
// not the first of several.
func Doing(prefix string, p task.Progress, later bool) string {
	switch p.Phase {
	case task.Preparing:
		return T(prefix+"preparing", p.Step, p.Steps)
	case task.Features:
		return T(prefix+"features", p.Step, p.Steps)
	case task.Training:
		if p.Epochs == 0 { // solved at once
			return T(prefix + "learning")
		}
		if later {
			return T(prefix+"whole", min(p.Epoch+1, p.Epochs), p.Epochs)
		}
		return T(prefix+"training", min(p.Epoch+1, p.Epochs), p.Epochs)
	}
	return T(prefix + "testing")
}
