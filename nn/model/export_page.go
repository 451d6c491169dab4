package model

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/say"
)

// ExportPage makes one page that holds the model file and needs nothing else. template is what tools/build makes of
// static/export: Wafer's runtime, and a place each for title, kind of weights and model file. With fewer bits for the
// weights the file is that of the model with the weights that they stand for.
func (m *Model) ExportPage(template string, o ExportOptions) (page []byte, err error) {
	defer exported(&page, &err)
	if err := checkTitle(o.Title); err != nil {
		return nil, say.Errorf("export: %w", err)
	}
	file, err := m.fileWith(o.Weights)
	if err != nil {
		return nil, err
	}
	head, tail, found := strings.Cut(template, "{{model}}")
	if !found {
		return nil, errors.New("export: the template of the page has no place for the model")
	}
	title := m.info.Title
	if o.Title != "" {
		title = o.Title
	}
	head = strings.ReplaceAll(head, "{{weights}}", escaped(o.Weights))
	head = strings.ReplaceAll(head, "{{title}}", escaped(title)) // last, since it may hold anything
	page = make([]byte, 0, len(head)+len(tail)+base64.StdEncoding.EncodedLen(len(file)))
	return append(base64.StdEncoding.AppendEncode(append(page, head...), file), tail...), nil
}

// fileWith is the model file, its weights rounded to what so many bits hold.
func (m *Model) fileWith(weights string) ([]byte, error) {
	p := m.forOne()
	list, err := m.stored(p, weights)
	if err != nil || weights == "" || weights == "float32" {
		if err != nil {
			return nil, err
		}
		return m.Whole()
	}
	state := graph.State{}
	for name, v := range m.state {
		state[name] = v
	}
	for i, l := range p.Params {
		state[l.Name] = list[i].Tensor()
	}
	rounded, err := Write(m.doc, state, Options{})
	if err != nil {
		return nil, err
	}
	return rounded.file, nil
}

// escaped is text for HTML, as html.EscapeString, which is seven times as large in the browser.
func escaped(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch c {
		case '&', '\'', '<', '>', '"':
			b.WriteString("&#" + strconv.Itoa(int(c)) + ";")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
