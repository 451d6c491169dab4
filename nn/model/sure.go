package model

import (
	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/nn/task"
)

// BeSure has the model say that it does not know where its greatest probability is below least, from 0 (it always
// answers) to below 1. The file says so, too.
func (m *Model) BeSure(least float64) (err error) {
	if !(least >= 0 && least < 1) {
		return say.Errorf("has %g as the least probability of an answer, must be 0 to below 1", least)
	}
	m.doc.Sure = least
	m.info.Rejects = described(m.doc).Rejects
	if m.seal != nil { // the file that is made then says it
		return nil
	}
	if m.file, err = changed(m.file, m.hash, func(d *Document) { d.Sure = least }); err != nil {
		return err
	}
	if m.whole != nil { // a head: what it is joined with stays
		m.whole, err = changed(m.whole, m.hash, func(d *Document) { d.Sure = least })
	}
	m.info = stamped(m.info, m.file, m.hash)
	return err
}

// described is what a document tells without its file.
func described(d Document) task.Model {
	d.Info.Rejects = d.Info.Rejects || d.Sure > 0
	return d.Info
}

// changed is a model file with another header; the weights are the same.
func changed(file []byte, hash format.Sum, change func(*Document)) ([]byte, error) {
	var header json.RawMessage
	if _, err := hash.Decode(file, &header); err != nil {
		return nil, err
	}
	doc, err := document.Read(header)
	if err != nil {
		return nil, err
	}
	change(&doc)
	return hash.WithMeta(file, doc)
}
