package fit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"wafer/nn/json"
	"wafer/nn/model"
)

// inherit opens the base by hash, takes its preprocessing and vocabulary, and builds the network.
func (f *fitter) inherit() error {
	var base *model.Model
	var err error
	if hash := f.document.Define.Base(); hash != "" {
		if base, err = f.open(hash); err != nil {
			return err
		}
		if err := f.prepareAs(base); err != nil {
			return err
		}
	}
	f.network, err = newNetwork(f.r, base)
	return err
}

// open is the base of that hash: one that the run before has left, or else that of the data.
func (f *fitter) open(hash string) (*model.Model, error) {
	keeps := f.o.Cache != nil && f.leavesBase()
	if keeps && f.o.Cache.base != nil && f.o.Cache.base.Info().SHA256 == hash {
		return f.o.Cache.base, nil
	}
	if f.data.Weights == nil {
		return nil, fmt.Errorf("base: the model %.12s… is not among the data", hash)
	}
	sum := f.o.Hash.Of(f.data.Weights)
	if got := hex.EncodeToString(sum[:]); got != hash {
		return nil, fmt.Errorf("base: expected the model %.12s…, found %.12s…", hash, got)
	}
	base, err := model.Open(f.data.Weights, model.Options{Runner: f.o.Runner, Hash: f.o.Hash})
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	if keeps {
		f.o.Cache.base = base
	}
	return base, nil
}

// leavesBase tells a run that changes no weight of its base: it solves, and rounds nothing.
func (f *fitter) leavesBase() bool {
	for _, s := range f.document.Parts() {
		if s.Solver == "" {
			return false
		}
	}
	return f.document.Numerics.Storage == "float32"
}

// prepareAs takes over how a base prepares its inputs: its layers know nothing else.
func (f *fitter) prepareAs(base *model.Model) error {
	if base.Info().NGrams {
		return errOfNGrams
	}
	doc, r := base.Document(), *f.document
	own, theirs := &r.Preprocess, doc.Preprocess
	if own.Kind != theirs.Kind {
		return fmt.Errorf("recipe: preprocess.kind: is %s, but the base %q takes %s", own.Kind, base.Info().Title,
			theirs.Kind)
	}
	switch {
	case own.Image == nil && own.Text == nil:
		own.Image, own.Text = theirs.Image, theirs.Text
	case own.Image != nil && own.Image.Normalisation != theirs.Image.Normalisation:
		return fmt.Errorf("recipe: preprocess.image.normalisation: is %q, but the base was trained with %q",
			own.Image.Normalisation, theirs.Image.Normalisation)
	case own.Text != nil && !sameJSON(own.Text, theirs.Text):
		return errors.New("recipe: preprocess.text: differs from that of the base, which knows texts in no other form")
	}
	f.r, f.tokenizer = &r, doc.Tokenizer
	return nil
}

func sameJSON(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
