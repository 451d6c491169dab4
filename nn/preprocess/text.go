package preprocess

import (
	"wafer/nn/data"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/train"
)

// textEncoder gives rows of int32 indices.
type textEncoder struct {
	words *text.Tokenizer // with pad, or
	pad   text.Pad
	grams text.NGramHasher
}

func newTextEncoder(t *recipe.Text, tokenizer []byte) (Encoder, error) {
	if n := t.NGrams; n != nil {
		return &textEncoder{grams: text.NGramHasher(*n)}, nil
	}
	words, err := text.FromJSON(tokenizer)
	if err != nil {
		return nil, err
	}
	return &textEncoder{words: words, pad: text.Pad(*t.Pad)}, nil
}

func (e *textEncoder) length() int {
	if e.words != nil {
		return e.pad.MaxLen
	}
	return e.grams.MaxLen
}

func (e *textEncoder) Shape() tensor.Shape { return tensor.Shape{e.length()} }
func (e *textEncoder) DType() tensor.DType { return tensor.Int32 }

func (e *textEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	found, unit := 0, "words"
	if e.words != nil {
		sequence := e.words.Sequence(in.Text)
		found = len(sequence)
		e.pad.Row(row.I(), sequence, 0)
	} else {
		found, unit = e.grams.Row(row.I(), in.Text), "words and word pairs"
	}
	switch {
	case found == 0:
		return ErrUnknown, nil
	case found > e.length() && e.pad.Truncating == "pre":
		return say.Errorf("The text is long: only the last %d of %d known %s were read.", e.length(), found, unit), nil
	case found > e.length():
		return say.Errorf("The text is long: only the first %d of %d %s were read.", e.length(), found, unit), nil
	}
	return nil, nil
}

func (e *textEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// vocabulary is Keras' tokenizer JSON with only what is needed to use it: the words
// below num_words.
type vocabulary struct {
	Class  string `json:"class_name"`
	Config struct {
		NumWords  *int           `json:"num_words"`
		Filters   string         `json:"filters"`
		Lower     bool           `json:"lower"`
		Split     string         `json:"split"`
		CharLevel bool           `json:"char_level"`
		OOVToken  *string        `json:"oov_token"`
		WordIndex map[string]int `json:"word_index"`
	} `json:"config"`
}

// FitTokenizer learns the words of samples and returns the vocabulary for New.
func FitTokenizer(o recipe.Tokenizer, samples []data.Sample) ([]byte, error) {
	t := text.NewTokenizer(o)
	texts := make([]string, len(samples))
	for i, s := range samples {
		if err := text.Check(s.Input.Text); err != nil {
			return nil, say.Errorf("training sample %d: %w", i+1, err)
		}
		texts[i] = s.Input.Text
	}
	t.Fit(texts)
	return vocabularyOf(t)
}

func (e *textEncoder) Vocabulary() ([]byte, error) {
	if e.words == nil {
		return nil, nil
	}
	return vocabularyOf(e.words)
}

func (e *textEncoder) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (e *textEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor    { return rows }

func vocabularyOf(t *text.Tokenizer) ([]byte, error) {
	var v vocabulary
	var whole struct {
		Config struct {
			WordIndex string `json:"word_index"`
		} `json:"config"`
	}
	if err := json.Unmarshal(t.ToJSON(), &whole); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(whole.Config.WordIndex), &v.Config.WordIndex); err != nil {
		return nil, err
	}
	v.Class = "Tokenizer"
	v.Config.Filters, v.Config.Lower, v.Config.Split, v.Config.CharLevel = t.Filters, t.Lower, t.Split, t.CharLevel
	if t.OOVToken != "" {
		v.Config.OOVToken = &t.OOVToken
	}
	if t.NumWords > 0 {
		v.Config.NumWords = &t.NumWords
		for w, i := range v.Config.WordIndex {
			if i >= t.NumWords {
				delete(v.Config.WordIndex, w)
			}
		}
	}
	return json.Marshal(v)
}
