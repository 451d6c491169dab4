package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"wafer/nn/task"
	"wafer/nn/vision"
	"wafer/server/api"
	"wafer/server/store"
)

// predict answers inputs with a model.
func (s *server) predict(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := s.named(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	leave, err := s.transfers.enter(c.key)
	if err != nil {
		return err
	}
	defer leave()
	inputs, list, err := s.readInputs(w, r)
	if err != nil {
		return err
	}
	if isText := inputs[0].File == nil; isText != (m.Info.Kind == task.Text) {
		return unusable(map[bool]string{
			true:  "this model takes pictures: send them as multipart/form-data, files named image",
			false: `this model takes texts: send them as JSON, {"text": "…"}`,
		}[isText])
	}
	results, err := s.pool.Classify(r.Context(), m.File.SHA256, s.modelFile(m.File.SHA256), inputs)
	if err != nil {
		return err
	}
	answers := make([]api.Prediction, len(results))
	for i, res := range results {
		if res.Error != "" {
			return unusable(fmt.Sprintf("input %d of %d: %s", i+1, len(results), res.Error))
		}
		for _, score := range res.Scores {
			answers[i] = append(answers[i], api.Score{Label: score.Label, Score: score.Probability,
				Rejected: res.Rejected})
		}
	}
	if list {
		writeJSON(w, http.StatusOK, answers)
	} else {
		writeJSON(w, http.StatusOK, answers[0])
	}
	return nil
}

// modelFile reads a model file by its hash: a shipped one, or one of the store.
func (s *server) modelFile(digest string) func(context.Context) ([]byte, error) {
	if file, shipped := s.weights[digest]; shipped {
		return func(context.Context) ([]byte, error) { return file, nil }
	}
	return s.stored(digest)
}

// base reads the file of the model that another one names.
func (s *server) base(digest string) ([]byte, error) {
	if s.weights[digest] == nil && s.o.Store == nil {
		return nil, fmt.Errorf("the model is the head of another, %.12s…, which this server does not have", digest)
	}
	file, err := s.modelFile(digest)(context.Background())
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("the model is the head of another, %.12s…, which this server does not have: %w", digest, err)
	}
	return file, err
}

// readInputs reads what is to be classified. list: the answer is a list.
func (s *server) readInputs(w http.ResponseWriter, r *http.Request) (inputs []task.Input, list bool, err error) {
	l := s.o.Limits
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		inputs, err = readPictures(w, r, parameters["boundary"], l)
		return inputs, len(inputs) > 1, err
	}
	q := struct {
		Text  *string `json:"text"`
		Texts texts   `json:"texts"`
	}{Texts: texts{most: l.MaxBatch}}
	if err := s.decode(w, r, l.MaxPredict, &q); err != nil {
		return nil, false, err
	}
	switch {
	case (q.Text != nil) == (q.Texts.all != nil):
		return nil, false, invalid(`either {"text": "…"} or {"texts": ["…", …]} is expected, or pictures as ` +
			`multipart/form-data`)
	case q.Text != nil:
		return []task.Input{{Text: *q.Text}}, false, nil
	}
	for _, t := range q.Texts.all {
		inputs = append(inputs, task.Input{Text: t})
	}
	return inputs, true, checkCount(len(inputs), l)
}

// texts are as many as may be; one more than that ends the reading, since the empty texts of a body would take six
// times its size.
type texts struct {
	all  []string
	most int
}

// UnmarshalJSON reads a list of texts, and stops at one more than may be.
func (t *texts) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if first, err := d.Token(); err != nil || first == nil {
		return err
	} else if first != json.Delim('[') {
		return &json.UnmarshalTypeError{Field: "texts"}
	}
	for t.all = []string{}; d.More(); {
		if len(t.all) == t.most {
			return invalid(fmt.Sprintf("from 1 to %d inputs are expected, found more", t.most))
		}
		var s string
		if err := d.Decode(&s); err != nil {
			return &json.UnmarshalTypeError{Field: "texts"} // b is JSON
		}
		t.all = append(t.all, s)
	}
	return nil
}

// checkCount refuses no input at all, and more than one batch.
func checkCount(n int, l Limits) error {
	if n == 0 || n > l.MaxBatch {
		return invalid(fmt.Sprintf("from 1 to %d inputs are expected, found %d", l.MaxBatch, n))
	}
	return nil
}

// readPictures reads a form of files named image, one after the other, within MaxPredict bytes. A picture's size is
// known by its header, so that small files of huge pictures are refused before one is decoded.
func readPictures(w http.ResponseWriter, r *http.Request, boundary string, l Limits) ([]task.Input, error) {
	from, err := bodyOf(w, r, int64(l.MaxPredict))
	if err != nil {
		return nil, err
	}
	var inputs []task.Input
	var pixels int64
	for form := multipart.NewReader(from, boundary); ; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return inputs, checkCount(len(inputs), l)
		}
		if err != nil {
			return nil, badForm(err)
		}
		if part.FormName() != "image" {
			return nil, invalid(fmt.Sprintf("the form has a field %q; only files named image are expected",
				part.FormName()))
		}
		if len(inputs) == l.MaxBatch {
			return nil, checkCount(len(inputs)+1, l)
		}
		file, err := io.ReadAll(part)
		if err != nil {
			return nil, badForm(err)
		}
		if len(file) == 0 {
			return nil, unusable(fmt.Sprintf("picture %d is empty", len(inputs)+1))
		}
		if h, err := vision.Sniff(file); err == nil { // else the model says what is wrong with it
			pixels += int64(h.Width) * int64(h.Height)
		}
		if pixels > l.MaxPixels {
			return nil, unusable(fmt.Sprintf("the first %d pictures have %d million pixels together, "+
				"at most %d million are read; send smaller ones, or fewer at once",
				len(inputs)+1, pixels/1e6, l.MaxPixels/1e6))
		}
		inputs = append(inputs, task.Input{Name: part.FileName(), File: file})
	}
}

// badForm keeps the errors that have a status of their own; what else is wrong is the client's form.
func badForm(err error) error {
	if errors.Is(err, errTooLarge) || errors.Is(err, errBody) {
		return err
	}
	return invalid("the form cannot be read: " + err.Error())
}
