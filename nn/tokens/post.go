package tokens

import (
	"wafer/nn/json"
	"wafer/nn/say"
)

// post says what is put around texts.
type post struct {
	Type       string      `json:"type"`
	Processors []post      `json:"processors"`
	Single     []slot      `json:"single"`
	Pair       []slot      `json:"pair"`
	Special    specials    `json:"special_tokens"`
	Sep        tokenNumber `json:"sep"`
	Cls        tokenNumber `json:"cls"`
}

// slot is an item of a template: one of the two is there.
type slot struct {
	Sequence *struct {
		ID   string `json:"id"`
		Type int32  `json:"type_id"`
	} `json:"Sequence"`
	Token *struct {
		ID   string `json:"id"`
		Type int32  `json:"type_id"`
	} `json:"SpecialToken"`
}

type specials map[string]struct {
	IDs []int32 `json:"ids"`
}

// tokenNumber is ["[SEP]", 102].
type tokenNumber struct{ id int32 }

// UnmarshalJSON keeps the number. The name is not checked against the vocabulary, the number is (known).
func (n *tokenNumber) UnmarshalJSON(b []byte) error {
	var name string
	return json.Unmarshal(b, &[2]any{&name, &n.id})
}

// template keeps what is put around a text, and around two. Without a post_processor nothing is put around; a second
// text then has the kind 1. A sequence may have one processor that adds tokens beside those of type ByteLevel, which
// change offsets only.
func (t *Tokenizer) template(p *post) (err error) {
	t.single, t.pair = []part{{sequence: 0}}, []part{{sequence: 0}, {sequence: 1, kind: 1}}
	if p == nil {
		return nil
	}
	switch p.Type {
	case "ByteLevel": // offsets only
		return nil
	case "TemplateProcessing":
		if t.single, err = parts(p.Single, p.Special); err == nil {
			t.pair, err = parts(p.Pair, p.Special)
		}
	case "BertProcessing":
		t.around(p, nil, 1)
	case "RobertaProcessing":
		t.around(p, []int32{p.Sep.id}, 0)
	case "Sequence":
		if len(p.Processors) > maxSteps {
			return errSteps
		}
		for i := range p.Processors {
			if q := &p.Processors[i]; q.Type != "ByteLevel" {
				return t.lastTemplate(p.Processors[i:])
			}
		}
		return nil
	default:
		return say.Errorf("tokenizer: its post_processor is of type %.60q, which is not known here", p.Type)
	}
	if err == nil {
		err = t.known()
	}
	return err
}

// lastTemplate takes the one processor of a sequence that adds tokens.
func (t *Tokenizer) lastTemplate(list []post) error {
	for _, p := range list[1:] {
		if p.Type != "ByteLevel" {
			return say.Errorf("tokenizer: its post_processor is of type %.60q, which is not known here",
				"Sequence of several")
		}
	}
	if list[0].Type == "Sequence" {
		return errSteps
	}
	return t.template(&list[0])
}

// around is <cls> a <sep> and <cls> a <sep> between b <sep>.
func (t *Tokenizer) around(p *post, between []int32, second int32) {
	first, last := part{sequence: -1, ids: []int32{p.Cls.id}}, part{sequence: -1, ids: []int32{p.Sep.id}}
	t.single = []part{first, {sequence: 0}, last}
	t.pair = append(t.pair[:0], first, part{sequence: 0}, last, part{sequence: -1, ids: between},
		part{sequence: 1, kind: second}, part{sequence: -1, ids: last.ids, kind: second})
}

// parts reads the items of a template. A special token stands for the numbers that special_tokens give for it; one
// without any is an error.
func parts(list []slot, special specials) (out []part, err error) {
	if len(list) > maxSteps {
		return nil, errSteps
	}
	for _, s := range list {
		switch {
		case s.Sequence != nil && (s.Sequence.ID == "A" || s.Sequence.ID == "B"):
			out = append(out, part{sequence: int(s.Sequence.ID[0] - 'A'), kind: s.Sequence.Type})
		case s.Token != nil:
			ids := special[s.Token.ID].IDs
			if len(ids) == 0 || len(ids) > maxSteps {
				return nil, say.Errorf("tokenizer: its vocabulary lacks the token %.60q", s.Token.ID)
			}
			out = append(out, part{sequence: -1, ids: ids, kind: s.Token.Type})
		default:
			return nil, say.New("tokenizer: its template has an item that is neither text nor token")
		}
	}
	return out, nil
}

// known sees that the template puts only numbers that tokens may have, and one text into a row of one.
func (t *Tokenizer) known() error {
	for _, p := range append(append([]part(nil), t.single...), t.pair...) {
		for _, id := range p.ids {
			if id < 0 || int(id) >= t.size {
				return say.Errorf("tokenizer: its template adds the number %d, expected one below %d", id, t.size)
			}
		}
	}
	for _, p := range t.single {
		if p.sequence > 0 {
			return say.New("tokenizer: its template has an item that is neither text nor token")
		}
	}
	return nil
}
