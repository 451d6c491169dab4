// Package explainer answers the page when somebody asks why a model gave an answer: with the map of a picture,
// painted on it, or with how each word of a text speaks, and what to say about that in both languages of the page. In
// the browser it runs in a Web Worker of its own, which is started when the first answer is to be explained, so that
// nobody else waits for its program.
package explainer

import (
	"errors"
	"strings"
	"sync"

	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/explain"
	"wafer/nn/model"
	"wafer/nn/say"
	"wafer/nn/task"
)

// Handler answers bridge.Explain.
func Handler() func(m bridge.Message, buffers [][]byte, send bridge.Send) {
	h := bridge.Handlers{}
	var e explainer
	bridge.Handle(h, bridge.Explain, e.explain)
	return func(m bridge.Message, buffers [][]byte, send bridge.Send) {
		h.Answer(context.Background(), m, buffers, send)
	}
}

// explainer keeps the model that it was asked about last.
type explainer struct {
	mu    sync.Mutex
	key   string
	model *model.Model
}

type asked = bridge.Asked[bridge.None]

func (e *explainer) explain(a asked, q bridge.ExplainRequest) (done bridge.Explained, _ [][]byte, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	in, files, err := input(q, a.Buffers)
	if err == nil {
		err = e.open(q.Key, files)
	}
	if err != nil {
		return done, nil, err
	}
	why, err := e.model.Explain(in, q.Index, "")
	if err != nil {
		return done, nil, err
	}
	label := labelOf(e.model.Info(), why.Index)
	if why.Map == nil {
		return wordsOf(why, label), nil, nil
	}
	seen, err := e.model.Prepared(in)
	if err != nil {
		return done, nil, err
	}
	m := explain.Map{Height: why.Map.Height, Width: why.Map.Width, Values: why.Map.Values}
	picture := bmp(m.Paint(seen.Pixels.RGBA, seen.Pixels.Width, seen.Pixels.Height))
	return mapOf(why, label), [][]byte{picture}, nil
}

// input is what is asked about, and the files of the model.
func input(q bridge.ExplainRequest, buffers [][]byte) (in task.Input, files [][]byte, err error) {
	in.Text, files = q.Input.Text, buffers
	if q.Input.Buffer < 0 {
		return in, files, nil
	}
	if len(buffers) == 0 {
		return in, nil, say.Errorf("Input %d refers to buffer %d, but %d came with the message.", 1, q.Input.Buffer, 0)
	}
	in.File, files = buffers[0], buffers[1:]
	if w, h := q.Input.Width, q.Input.Height; w > 0 && h > 0 {
		if len(in.File) != 4*w*h {
			return in, nil, say.Errorf("Input %d should be %d × %d pixels of 4 bytes, but has %d bytes.", 1, w, h,
				len(in.File))
		}
		in.Pixels, in.File = &task.Pixels{Width: w, Height: h, RGBA: in.File}, nil
	}
	return in, files, nil
}

// open takes a model into use: the one of before, or that of files, the second of which is the base that the first
// names.
func (e *explainer) open(key string, files [][]byte) error {
	if e.model != nil && e.key == key {
		return nil
	}
	if len(files) == 0 {
		return errors.New(bridge.Lost)
	}
	m, err := model.Open(files[0], model.Options{Alone: true, Find: func(string) ([]byte, error) {
		return files[len(files)-1], nil
	}})
	if err != nil {
		return err
	}
	if e.model != nil {
		e.model.Close()
	}
	e.key, e.model = key, m
	return nil
}

// labelOf is a label in English and Chinese.
func labelOf(m task.Model, i int) bridge.Said {
	label := bridge.Said{m.Labels[i], m.Labels[i]}
	if i < len(m.LabelsZH) && m.LabelsZH[i] != "" {
		label[1] = m.LabelsZH[i]
	}
	return label
}

// mapOf says where on the picture what spoke for the label lies.
func mapOf(why task.Why, label bridge.Said) bridge.Explained {
	place := places[why.Map.Place.Row+"-"+why.Map.Place.Column]
	return bridge.Explained{Alt: said(saidAlt, label, place),
		Lines: []bridge.Said{said(saidMap, label, place), saidLine, methods[why.Method]}}
}

// wordsOf says of every part of the text how it speaks.
func wordsOf(why task.Why, label bridge.Said) bridge.Explained {
	done := bridge.Explained{Lines: []bridge.Said{said(saidWords, label), methods[why.Method]}}
	top := float32(0)
	for _, p := range why.Parts {
		top = max(top, p.Value, -p.Value)
	}
	for _, p := range why.Parts {
		l, word := level(p.Value, top), strings.TrimSpace(p.Text)
		done.Parts = append(done.Parts, bridge.Part{Text: p.Text, Level: l,
			Said: said(levels[l+2], bridge.Said{word, word})})
	}
	return done
}

// level is how strongly a part speaks, −2 to 2: from half of the greatest value on, and from a seventh on.
func level(v, top float32) int {
	switch {
	case v < 0:
		return -level(-v, top)
	case v == 0 || 7*v < top:
		return 0
	case 2*v < top:
		return 1
	}
	return 2
}
