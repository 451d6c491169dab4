package writer

import (
	"wafer/app/bridge"
	"wafer/nn/metrics"
	"wafer/nn/report"
	"wafer/nn/task"
)

// mostLosses is how many samples are named for their loss.
const mostLosses = 12

func judge(_ bridge.Asked[bridge.None], q bridge.JudgeRequest) (done bridge.Judged, _ [][]byte, err error) {
	a, numbers, err := metrics.Unpack(q.Answers, len(q.Labels))
	if err != nil {
		return done, nil, err
	}
	said, confidence, right := a.Said()
	say := report.Say(report.English)
	if q.Chinese {
		say = report.Chinese
	}
	r := report.Of(say, q.Labels, a)
	r.Reject = q.Reject
	for _, c := range r.Charts() {
		done.Charts = append(done.Charts, bridge.Drawn{Name: c.Name, Title: c.Title, SVG: c.SVG, CSV: c.CSV})
	}
	for percent := range 100 {
		at := metrics.At(confidence, right, float64(percent)/100)
		done.Rejects = append(done.Rejects, bridge.Reject{Coverage: at.Coverage, Accuracy: at.Accuracy})
	}
	for _, i := range a.Losses(mostLosses) {
		done.Losses = append(done.Losses, task.Wrong{Sample: numbers[i], Label: a.Labels[i], Said: said[i],
			Probability: float64(a.Row(i)[a.Labels[i]])})
	}
	done.Estimate = metrics.Estimate(metrics.Held{Labels: a.Labels, Classes: a.Classes, Probabilities: [][]float32{a.P},
		Parts: [][]int{make([]int, len(a.Labels))}, Accuracy: a.Confusion().Accuracy()})
	return done, nil, nil
}
