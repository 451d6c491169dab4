package cli

import (
	"fmt"
	"path/filepath"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/server/atomicfile"
	"wafer/server/fit"
)

// writeReport writes what an evaluation found into one HTML file.
func writeReport(path string, m *nn.Model, of string, e *nn.Evaluation, samples []data.Sample) error {
	page := fit.PageOf(m, filepath.Base(of), e.Answers, e.Rejected, samples)
	if err := atomicfile.Write(path, page, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "wrote", path)
	return nil
}
