package model

import (
	"strings"
	"time"

	"wafer/nn/document"
	"wafer/nn/explain"
	"wafer/nn/fmath"
	"wafer/nn/layers"
	"wafer/nn/preprocess"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
)

// mostParts is how many parts of a text are spoken of: of longer ones several words are one.
const mostParts = 96

// gradientSteps are those of integrated gradients: the salience of sentences misses the difference of scores by less
// than 5 of 100 of it then.
const gradientSteps = 62

// Explain says why the model gives an input the label number index; −1: its most probable one. method "" is what fits
// the model: of pictures maps of the last convolutions, and covered pieces where there are none; of texts weights of
// n-grams where the model has nothing else, and else words that are left out.
func (m *Model) Explain(in task.Input, index int, method task.Method) (why task.Why, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("The model failed on this input: %v.", e)
		}
	}()
	began := time.Now()
	answer := m.Classify(in)
	if answer.Error != "" {
		return why, failed(answer)
	}
	if index < 0 {
		index = answer.Scores[0].Index
	}
	if index >= len(m.info.Labels) {
		return why, say.Errorf("The model has %d labels, so there is none with the number %d.", len(m.info.Labels),
			index+1)
	}
	e := explainer{Model: m, in: in, index: index, why: task.Why{Name: in.Name, Index: index}}
	if m.info.Kind == task.Image {
		err = e.picture(method)
	} else {
		err = e.text(method)
	}
	e.why.Millis = float64(time.Since(began).Microseconds()) / 1000
	return e.why, err
}

// failed is why a result has no answer.
func failed(r task.Result) error {
	if r.Why != nil {
		return r.Why
	}
	return say.Errorf("%s", r.Error)
}

type explainer struct {
	*Model
	in    task.Input
	index int
	why   task.Why
}

func (e *explainer) unfit(method task.Method) error {
	return say.Errorf("This model cannot be explained by the method %q.", string(method))
}

// network is what package explain takes.
func (m *Model) network() explain.Network {
	return explain.Network{Model: m.doc.Layers, State: m.state, Runner: m.tester.Runner}
}

func (e *explainer) picture(method task.Method) error {
	x, _, err := e.Encode(e.in)
	if err != nil {
		return err
	}
	var found *explain.Map
	switch method {
	case "", task.CAM, task.GradCAM:
		if found, err = e.network().CAM(x, e.index); err == nil {
			e.why.Method = task.GradCAM
			if found.Exact {
				e.why.Method = task.CAM
			}
			break
		}
		if method != "" {
			return err
		}
		fallthrough
	case task.Occlusion:
		e.why.Method = task.Occlusion
		found, err = e.covered(x)
	default:
		return e.unfit(method)
	}
	if err != nil {
		return err
	}
	e.keep(found)
	return nil
}

func (e *explainer) keep(m *explain.Map) {
	row, column := m.Place()
	place := task.Place{Row: rowNames[row+1], Column: columnNames[column+1]}
	e.why.Score = m.Score
	e.why.Map = &task.Map{Height: m.Height, Width: m.Width, Values: m.Values, Place: place}
}

var (
	rowNames    = [4]string{"", "upper", "middle", "lower"}
	columnNames = [4]string{"", "left", "centre", "right"}
)

// covered covers squares of a quarter of the shorter side with grey, of drawings with black.
func (e *explainer) covered(x *tensor.Tensor) (*explain.Map, error) {
	level := byte(128)
	if e.info.Drawing {
		level = 0
	}
	s := x.Shape()
	plain := &task.Pixels{Width: s[2], Height: s[1], Grey: make([]byte, s[1]*s[2])}
	for i := range plain.Grey {
		plain.Grey[i] = level
	}
	cover, _, err := e.Encode(task.Input{Pixels: plain})
	if err != nil {
		return nil, err
	}
	size := max(min(s[1], s[2])/4, 1)
	o := explain.Patches{Size: size, Stride: max(size/2, 1)}
	if e.compiled() == nil { // else every batch would be a program of its own
		o.Batch = e.Together()
	}
	return explain.Occlusion(x, cover, o, e.odds)
}

// odds are the logarithms of the odds of the label for encoded inputs.
func (e *explainer) odds(x *tensor.Tensor) ([]float32, error) {
	out, err := e.Predict(x)
	if err != nil {
		return nil, err
	}
	n := out.Shape().Last()
	list := make([]float32, x.Shape()[0])
	for i := range list {
		p := out.F()[i*n+min(e.index, n-1)]
		if n == 1 && e.index == 0 {
			p = 1 - p
		}
		list[i] = oddsOf(p)
	}
	return list, nil
}

// oddsOf is ln(p/(1 − p)), of probabilities next to 0 and 1 that of one that float32 tells from them.
func oddsOf(p float32) float32 {
	p = min(max(p, 1e-7), 1-1e-7)
	return fmath.Log(p) - fmath.Log(1-p)
}

func (e *explainer) text(method task.Method) error {
	parts := text.Parts(e.in.Text, mostParts)
	for _, p := range parts {
		e.why.Parts = append(e.why.Parts, task.Part{Text: p})
	}
	grams := e.info.NGrams && e.beside() == ""
	if method == "" {
		if method = task.LeaveOut; grams && e.along(parts, task.NGrams) == nil {
			return nil
		}
	}
	switch {
	case method == task.LeaveOut:
		return e.leaveOut(parts)
	case method == task.Gradients, method == task.NGrams && grams:
		return e.along(parts, method)
	}
	return e.unfit(method)
}

// leaveOut answers the text without each of its parts.
func (e *explainer) leaveOut(parts []string) error {
	e.why.Method = task.LeaveOut
	values, err := explain.LeaveOut(len(parts), func(without int) (float32, error) {
		p := e.share(parts, without)
		if without < 0 {
			e.why.Score = oddsOf(p)
		} else {
			e.why.Parts[without].Share = p
		}
		return oddsOf(p), nil
	})
	for i, v := range values {
		e.why.Parts[i].Value = v
	}
	return err
}

// share is the label's probability without a part; where nothing is left to answer that of knowing nothing.
func (e *explainer) share(parts []string, without int) float32 {
	var left strings.Builder
	for i, p := range parts {
		if i != without {
			left.WriteString(p)
		}
	}
	for _, s := range e.Classify(task.Input{Text: left.String()}).Scores {
		if s.Index == e.index {
			return s.Probability
		}
	}
	return 1 / float32(len(e.info.Labels))
}

// along gives what rows of the network's embeddings say back to the parts that they stand for.
func (e *explainer) along(parts []string, method task.Method) error {
	cover, is := e.encode.(preprocess.Covering)
	x, _, err := e.Encode(e.in)
	if err != nil {
		return err
	}
	x = e.encode.Trim(x)
	values := make([]float32, x.Shape()[1])
	if !is || !e.salience(x, values) {
		return e.unfit(method)
	}
	e.why.Method = method
	return e.give(cover, parts, values)
}

// salience fills in how much each place of a row says, embedding by embedding; found tells of any.
func (e *explainer) salience(x *tensor.Tensor, values []float32) (found bool) {
	for _, entry := range e.doc.Layers.Entries {
		_, is := entry.Layer.(*layers.EmbeddingLayer)
		if !is || entry.Name == document.NGramSquares {
			continue
		}
		steps := gradientSteps
		if entry.Name == document.NGramTable {
			steps = 1 // the score is affine in it
		}
		s, err := e.network().IntegratedGradients(x, entry.Name, e.index, steps)
		if err != nil {
			return false
		}
		e.why.Score = s.Score
		from := 0
		if entry.Name != document.NGramTable {
			from = len(values) - len(s.Values) // the n-grams come first
		}
		for i, v := range s.Values {
			values[from+i] += v
		}
		found = true
	}
	return found
}

// give divides the value of every place among the parts by how much of it lies in each.
func (e *explainer) give(cover preprocess.Covering, parts []string, values []float32) error {
	weights := make([]int, len(values))
	if !cover.Cover(parts, func(place, _, weight int) {
		if place < len(weights) {
			weights[place] += weight
		}
	}) {
		return e.unfit(e.why.Method)
	}
	cover.Cover(parts, func(place, part, weight int) {
		if place < len(weights) {
			e.why.Parts[part].Value += float32(values[place]*float32(weight)) / float32(weights[place])
		}
	})
	return nil
}
