package cli

import (
	"fmt"
	"net/http"
	"path/filepath"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/report"
	"wafer/server/atomicfile"
)

// writeReport writes what an evaluation found into one HTML file.
func writeReport(path string, m *nn.Model, of string, e *nn.Evaluation, samples []data.Sample) error {
	r := report.Of(report.English, m.Info().Labels, e.Answers)
	about := []string{fmt.Sprintf("%s on %s. Weights %s.", m.Info().Title, filepath.Base(of), m.Info().WeightsHash)}
	if m.Info().Rejects {
		about = append(about, fmt.Sprintf("%.1f%% were called none of the labels; the figures below count what the "+
			"model would have said of them.", 100*e.Rejected))
	}
	page := r.Page(m.Info().Title, about, func(i int) report.Shown {
		in := samples[i].Input
		s := report.Shown{Name: in.Name, Text: in.Text}
		if in.File != nil {
			s.Picture, s.Type = in.File, http.DetectContentType(in.File)
		}
		return s
	})
	if err := atomicfile.Write(path, page, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "wrote", path)
	return nil
}
