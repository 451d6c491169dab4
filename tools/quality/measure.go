package main

import (
	"fmt"
	"io/fs"
	"math"

	"gonum.org/v1/gonum/stat"

	"wafer/nn/metrics"
	"wafer/nn/native"
	"wafer/nn/solve"
)

// row is one line of the table.
type row struct {
	corpus   string
	perClass int     // 0: all; negative: that many in all
	goal     float64 // 0: that of scikit-learn's TF-IDF of characters
}

var rows = []row{
	{"trashnet", 5, 0}, {"trashnet", 10, 0.62}, {"trashnet", 20, 0}, {"trashnet", 100, 0.86},
	{"trec", 5, 0}, {"trec", 20, 0}, {"sms-spam", 5, 0}, {"sms-spam", 20, 0.93},
	{"uci-sentences", 5, 0}, {"uci-sentences", 20, 0},
	{"zh-hotel", 5, 0}, {"zh-hotel", 20, 0}, {"zh-titles", 5, 0}, {"zh-titles", 20, 0},
	{"zh-shopping", 5, 0}, {"zh-shopping", 20, 0}, {"emotion", 5, 0}, {"emotion", 20, 0}, {"ag-news", 5, 0},
	{"ag-news", 20, 0}, {"irony", 5, 0}, {"irony", 20, 0}, {"snips", 5, 0}, {"snips", 20, 0},
	{"zh-hotel", 200, 0}, {"zh-titles", 200, 0}, {"zh-shopping", 200, 0},
	{"banking77", 5, 0.66}, {"banking77", 10, 0.75}, {"banking77", 20, 0}, {"clinc150", 5, 0.82},
	{"clinc150", 10, 0.87},
	{"trec", 0, 0.91}, {"sst2", -20000, 0.84}, {"banking77", 0, 0.92}, {"clinc150", 0, 0.945},
}

// name is how a row is called in the table and chosen by -rows.
func (r row) name() string {
	switch {
	case r.perClass == 0:
		return r.corpus + ", all"
	case r.perClass < 0:
		return fmt.Sprintf("%s, %d samples", r.corpus, -r.perClass)
	}
	return fmt.Sprintf("%s, %d a class", r.corpus, r.perClass)
}

// series are the figures of several draws.
type series []float64

// mean has three decimals, or is a dash for no figure.
func (s series) mean() string {
	if len(s) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3f", stat.Mean(s, nil))
}

// String is the mean, and the deviation over the draws where there are several.
func (s series) String() string {
	if len(s) < 2 {
		return s.mean()
	}
	return fmt.Sprintf("%s ± %.3f", s.mean(), stat.StdDev(s, nil))
}

// measured are the figures of a row, one per draw.
type measured struct {
	ours, peer, baseline series
	teachable            series // Teachable Machine's recipe, of pictures
	bias, off            series // of the stated accuracy: stated − true, and its absolute value
	apart                apart
	ece, sure            series // calibration error of the shares, and mean share of the answer − accuracy
	chosen               []string
}

// bench is what all rows share: data, networks, and whom to ask beside us.
type bench struct {
	root   fs.FS
	draws  int
	python string
	peers  bool
	models string // folder of shipped networks

	teachable string // folder of an export of Teachable Machine
	kept      string // folder of their features
	bases     map[string]*backbone
}

// measure draws and measures; the draws are the same in every run.
func (b *bench) measure(r row) (*measured, error) {
	c, err := read(b.root, r.corpus)
	if err != nil {
		return nil, err
	}
	m := &measured{}
	draws := b.draws
	if r.perClass == 0 {
		draws = 1 // there is but one
	}
	for i := range draws {
		if err := b.once(m, c, c.draw(r.perClass, i)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// once adds the figures of one draw.
func (b *bench) once(m *measured, c *corpus, d drawn) error {
	parts, err := b.features(c, d.train, d.test, d.rest)
	if err != nil {
		return err
	}
	s := solve.Samples{Y: labels(d.train), Classes: len(d.labels), Seed: 1, Runner: native.Runner(0)}
	l, err := solve.Learn(parts[0], s)
	if err != nil {
		return err
	}
	set := l.Set
	m.chosen = append(m.chosen, parts[0][set].Name)
	m.ours = append(m.ours, accuracy(l.Head, parts[1][set].X, labels(d.test)))
	truth, stated := m.ours[len(m.ours)-1], l.Stated(s.Y)
	if m.apart.samples, m.apart.test = len(d.train), len(d.test); len(d.rest) > 0 { // of what was drawn from
		m.apart.test = len(d.rest)
		truth = accuracy(l.Head, parts[2][set].X, labels(d.rest))
	}
	m.bias, m.off = append(m.bias, stated-truth), append(m.off, math.Abs(stated-truth))
	m.apart.true, m.apart.off = append(m.apart.true, truth), append(m.apart.off, stated-truth)
	m.calibration(l.Head, parts[1][set].X, labels(d.test))
	if !b.peers {
		return nil
	}
	peer, baseline, err := b.sklearn(d, parts[0][set].X, parts[1][set].X)
	if err != nil {
		return err
	}
	m.peer = append(m.peer, peer)
	if c.pictures {
		theirs, err := b.teach(d)
		if err != nil {
			return err
		}
		m.teachable = append(m.teachable, theirs)
	}
	if !c.pictures && c.base == "" {
		m.baseline = append(m.baseline, baseline)
	}
	return nil
}

// calibration adds how far the shares of the answers are from how often they are right, in tenths.
func (m *measured) calibration(h *solve.Head, x solve.Features, y []int) {
	p := solve.Probabilities(h.Logits(x), h.Classes)
	tops, hits, over := make([]float64, len(y)), make([]bool, len(y)), 0.0
	for i, want := range y {
		row := p[i*h.Classes : (i+1)*h.Classes]
		top := solve.Top(row)
		tops[i], hits[i] = float64(row[top]), top == want
		if over += tops[i]; hits[i] {
			over--
		}
	}
	m.ece = append(m.ece, metrics.ECE(metrics.Reliability(tops, hits, 10)))
	m.sure = append(m.sure, over/float64(max(len(y), 1)))
}

// accuracy is the share of samples whose most probable class is theirs, 0 of none.
func accuracy(h *solve.Head, x solve.Features, y []int) float64 {
	logits := h.Logits(x)
	right := 0
	for i, want := range y {
		if solve.Top(logits[i*h.Classes:(i+1)*h.Classes]) == want {
			right++
		}
	}
	return float64(right) / float64(max(len(y), 1))
}
