package fit

import (
	"context"
	"fmt"
	"net/http"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/metrics"
	"wafer/nn/report"
	"wafer/nn/task"
)

// PageOf is what answers of a model to samples amount to, as one HTML file. on says what the samples are; rejected is
// the share that the model called none of its labels.
func PageOf(m *nn.Model, on string, a metrics.Answers, rejected float64, samples []data.Sample) []byte {
	r := report.Of(report.English, m.Info().Labels, a)
	about := []string{fmt.Sprintf("%s on %s. Weights %s.", m.Info().Title, on, m.Info().WeightsHash)}
	if rejected > 0 {
		about = append(about, fmt.Sprintf("%.1f%% were called none of the labels; the figures below count what the "+
			"model would have said of them.", 100*rejected))
	}
	return r.Page(m.Info().Title, about, func(i int) report.Shown {
		if i >= len(samples) {
			return report.Shown{}
		}
		in := samples[i].Input
		s := report.Shown{Name: in.Name, Text: in.Text}
		if in.File != nil {
			s.Picture, s.Type = in.File, http.DetectContentType(in.File)
		}
		return s
	})
}

// page is PageOf the samples that a run was tested on or, where there are none, of those that were held out while it
// learnt; nil where nothing was measured.
func page(ctx context.Context, o Options, m *nn.Model, rep *task.Report, d data.Dataset) ([]byte, error) {
	d = d.Split(o.Recipe)
	if len(d.Test) > 0 {
		e, err := m.Evaluate(ctx, d.Test)
		if err != nil {
			return nil, err
		}
		return PageOf(m, fmt.Sprintf("%d test samples of %s", len(d.Test), o.Recipe.Name), e.Answers, e.Rejected,
			d.Test), nil
	}
	if rep.Estimate == nil || rep.Estimate.Held == nil {
		return nil, nil
	}
	a, numbers, err := metrics.Unpack(*rep.Estimate.Held, len(m.Info().Labels))
	if err != nil {
		return nil, err
	}
	var held []data.Sample
	if len(d.Train) == len(rep.Estimate.Held.Labels) {
		for _, n := range numbers {
			held = append(held, d.Train[n])
		}
	}
	on := fmt.Sprintf("%d samples of %s, each held out from a model that learned from the others", len(numbers),
		o.Recipe.Name)
	return PageOf(m, on, a, 0, held), nil
}
