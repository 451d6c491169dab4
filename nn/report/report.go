// Package report says how a classifier does on labelled samples, as HTML without scripts and as SVG: the figures of
// each class, curves, what is taken for what. The page and the command line show the same.
package report

import (
	"cmp"
	"html"
	"strconv"
	"strings"

	"wafer/nn/metrics"
	"wafer/nn/order"
)

// Say is a sentence of a language by its key; {0} and so on are replaced. English is one.
type Say func(key string, values ...any) string

// Report is about the answers of a model.
type Report struct {
	Say     Say
	Labels  []string // of the classes
	Answers metrics.Answers
	Reject  float64 // answers of a lower probability are not given; marked in the chart, 0: none is chosen
	classes []class // made by Of
}

// class is one of the classes in figures.
type class struct {
	metrics.Class
	auc, ap float64
	roc     []metrics.Point
	pr      []metrics.PrecisionPoint
	number  int
}

// Of makes a report.
func Of(say Say, labels []string, a metrics.Answers) *Report {
	r := &Report{Say: say, Labels: labels, Answers: a}
	for k, c := range a.Confusion().Classes() {
		scores, positive := a.Against(k)
		one := class{Class: c, roc: metrics.ROC(scores, positive), pr: metrics.PrecisionRecall(scores, positive),
			number: k}
		one.auc, one.ap = metrics.AUC(one.roc), metrics.AveragePrecision(one.pr)
		r.classes = append(r.classes, one)
	}
	return r
}

// Chart is one drawing: a name for a file, the SVG, and its points as a table (RFC 4180).
type Chart struct{ Name, Title, SVG, CSV string }

// Charts are ROC and precision-recall curves, the reliability diagram, and accuracy by coverage.
func (r *Report) Charts() []Chart {
	list := make([]Chart, 0, 4)
	for _, c := range []struct {
		name  string
		chart chart
		csv   [][]string
	}{
		{"roc", r.roc(), r.rocTable()}, {"precision-recall", r.precisionRecall(), r.precisionRecallTable()},
		{"reliability", r.reliability(), r.reliabilityTable()}, {"coverage", r.coverage(), r.coverageTable()},
	} {
		list = append(list, Chart{c.name, c.chart.title, c.chart.svg(), csv(c.csv)})
	}
	return list
}

// drawn are the classes that charts show: all, or the worst known ones.
func (r *Report) drawn() []class {
	list := append([]class(nil), r.classes...)
	if len(list) > MostLines {
		order.Stable(list, func(a, b class) int { return cmp.Compare(a.F1, b.F1) })
		list = list[:MostLines]
		order.Stable(list, func(a, b class) int { return a.number - b.number })
	}
	return list
}

func (r *Report) roc() chart {
	c := chart{title: r.Say("report.roc"), x: r.Say("report.fpr"), y: r.Say("report.tpr"), diagonal: true}
	var said []string
	for _, k := range r.drawn() {
		l := line{name: r.Labels[k.number]}
		for _, p := range k.roc {
			l.points = append(l.points, [2]float64{p.FalsePositiveRate, p.TruePositiveRate})
		}
		c.lines, said = append(c.lines, l), append(said, l.name+" "+Number(k.auc))
	}
	c.said = r.Say("report.auc") + ": " + strings.Join(said, ", ")
	return c
}

func (r *Report) precisionRecall() chart {
	c := chart{title: r.Say("report.pr"), x: r.Say("report.recall"), y: r.Say("report.precision")}
	var said []string
	for _, k := range r.drawn() {
		l := line{name: r.Labels[k.number], stepped: true}
		for i, p := range k.pr {
			if i == 0 {
				l.points = append(l.points, [2]float64{0, p.Precision})
			}
			l.points = append(l.points, [2]float64{p.Recall, p.Precision})
		}
		c.lines, said = append(c.lines, l), append(said, l.name+" "+Number(k.ap))
	}
	c.said = r.Say("report.ap") + ": " + strings.Join(said, ", ")
	return c
}

const bins = 10

func (r *Report) reliability() chart {
	_, confidence, right := r.Answers.Said()
	list := metrics.Reliability(confidence, right, bins)
	c := chart{title: r.Say("report.reliability"), x: r.Say("report.confidence"), y: r.Say("report.accuracy"),
		diagonal: true, said: r.Say("report.ece", Number(metrics.ECE(list)))}
	for i, b := range list {
		if b.Samples > 0 {
			c.bars = append(c.bars, bar{float64(i)/bins + 0.01, float64(i+1)/bins - 0.01, b.Accuracy})
		}
	}
	return c
}

func (r *Report) coverage() chart {
	_, confidence, right := r.Answers.Said()
	l := line{}
	for _, p := range metrics.Coverage(confidence, right) {
		l.points = append(l.points, [2]float64{p.Coverage, p.Accuracy})
	}
	c := chart{title: r.Say("report.coverage"), x: r.Say("report.answered"), y: r.Say("report.accuracy"),
		lines: []line{l}, said: r.thresholds("; ")}
	if at := metrics.At(confidence, right, r.Reject); r.Reject > 0 && at.Coverage > 0 {
		c.mark = &[2]float64{at.Coverage, at.Accuracy}
	}
	return c
}

// thresholds says what a few reject thresholds do.
func (r *Report) thresholds(between string) string {
	_, confidence, right := r.Answers.Said()
	curve := metrics.Coverage(confidence, right)
	var said []string
	for _, least := range []float64{0.95, 0.9, 0.8, 0.5} {
		for i := len(curve) - 1; i >= 0; i-- { // the highest threshold that still answers as many
			if p := curve[i]; p.Coverage >= least {
				said = append(said, r.Say("report.threshold", percent(p.Threshold), percent(p.Coverage),
					percent(p.Accuracy)))
				break
			}
		}
	}
	return strings.Join(said, between)
}

// Number is a figure to four places, as scikit-learn's are compared.
func Number(v float64) string {
	if v != v {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }

// rows are the figures of every class and their means.
func (r *Report) rows() (rows [][]string) {
	mean := class{Class: r.Answers.Confusion().Macro()}
	for _, k := range r.classes {
		rows = append(rows, append([]string{r.Labels[k.number]}, k.figures()...))
		mean.auc += k.auc / float64(len(r.classes))
		mean.ap += k.ap / float64(len(r.classes))
	}
	return append(rows, append([]string{r.Say("report.macro")}, mean.figures()...))
}

func (k class) figures() []string {
	return []string{Number(k.Precision), Number(k.Recall), Number(k.F1), Number(k.auc), Number(k.ap),
		strconv.Itoa(k.Support)}
}

var columns = []string{"class", "precision", "recall", "f1", "auc", "ap", "support"}

// Table is the table of the classes as HTML.
func (r *Report) Table() string {
	var b strings.Builder
	b.WriteString(`<table class="figures"><thead><tr>`)
	for _, c := range columns {
		b.WriteString(`<th scope="col">` + html.EscapeString(r.Say("report."+c)) + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, row := range r.rows() {
		b.WriteString(`<tr><th scope="row">` + html.EscapeString(row[0]) + `</th>`)
		for _, cell := range row[1:] {
			b.WriteString(`<td>` + cell + `</td>`)
		}
		b.WriteString(`</tr>`)
	}
	return b.String() + `</tbody></table>`
}

// Sentences are the figures that need no table: accuracy, calibration, what a reject threshold would do, and which
// classes are taken for which.
func (r *Report) Sentences() (list []string) {
	n := len(r.Answers.Labels)
	_, confidence, right := r.Answers.Said()
	c := r.Answers.Confusion()
	low, high := metrics.Interval(c.Accuracy(), n)
	list = append(list, r.Say("report.right", percent(c.Accuracy()), n, percent(low), percent(high)),
		r.Say("report.ece", Number(metrics.ECE(metrics.Reliability(confidence, right, bins)))))
	if s := r.thresholds(" "); s != "" {
		list = append(list, s)
	}
	for _, p := range c.Pairs(5) {
		list = append(list, r.Say("report.pair", r.Labels[p.Class], r.Labels[p.Said], p.Times))
	}
	return list
}
