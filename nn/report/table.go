package report

import (
	"math"
	"strconv"
	"strings"

	"wafer/nn/metrics"
)

// csv writes rows as RFC 4180 has them.
func csv(rows [][]string) string {
	var b strings.Builder
	for _, cells := range rows {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			if strings.ContainsAny(c, "\",\r\n") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// CSV is the table of the classes for programs (RFC 4180), then an empty line and the confusion matrix.
func (r *Report) CSV() string {
	matrix := [][]string{append([]string{""}, r.Labels...)}
	for i, counts := range r.Answers.Confusion() {
		cells := []string{r.Labels[i]}
		for _, n := range counts {
			cells = append(cells, strconv.Itoa(n))
		}
		matrix = append(matrix, cells)
	}
	return csv(append([][]string{columns}, r.rows()...)) + "\r\n" + csv(matrix)
}

// exact is a figure that is read back as the same number; of what is infinite or none there is nothing.
func exact(v float64) string {
	if math.IsInf(v, 0) || v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// The tables have all classes, also those that a chart has no room for.

func (r *Report) rocTable() [][]string {
	rows := [][]string{{"class", "false_positive_rate", "true_positive_rate", "threshold"}}
	for _, k := range r.classes {
		for _, p := range k.roc {
			rows = append(rows, []string{r.Labels[k.number], exact(p.FalsePositiveRate), exact(p.TruePositiveRate),
				exact(p.Threshold)})
		}
	}
	return rows
}

func (r *Report) precisionRecallTable() [][]string {
	rows := [][]string{{"class", "recall", "precision", "threshold"}}
	for _, k := range r.classes {
		for _, p := range k.pr {
			rows = append(rows, []string{r.Labels[k.number], exact(p.Recall), exact(p.Precision), exact(p.Threshold)})
		}
	}
	return rows
}

func (r *Report) reliabilityTable() [][]string {
	rows := [][]string{{"from", "to", "samples", "confidence", "accuracy"}}
	_, confidence, right := r.Answers.Said()
	for i, b := range metrics.Reliability(confidence, right, bins) {
		rows = append(rows, []string{exact(float64(i) / bins), exact(float64(i+1) / bins), strconv.Itoa(b.Samples),
			exact(b.Confidence), exact(b.Accuracy)})
	}
	return rows
}

func (r *Report) coverageTable() [][]string {
	rows := [][]string{{"threshold", "coverage", "accuracy"}}
	_, confidence, right := r.Answers.Said()
	for _, p := range metrics.Coverage(confidence, right) {
		rows = append(rows, []string{exact(p.Threshold), exact(p.Coverage), exact(p.Accuracy)})
	}
	return rows
}
