package tokens

import (
	"bytes"
	"strings"

	"wafer/nn/json"
	"wafer/nn/say"
)

// Limits of a document.
const (
	MaxDocument = 32 << 20 // bytes
	maxTokens   = 1 << 19
	maxMerges   = 1 << 20
	maxToken    = 256 // bytes
	maxAdded    = 1 << 12
	maxWord     = 1 << 10 // characters that WordPiece cuts
)

// document is a tokenizer.json as far as it says how texts become numbers.
type document struct {
	Added         []addedToken `json:"added_tokens"`
	Normalizer    *step        `json:"normalizer"`
	PreTokenizer  *step        `json:"pre_tokenizer"`
	PostProcessor *post        `json:"post_processor"`
	Model         modelFile    `json:"model"`
}

// modelFile is its model; what stands below the empty line is read from the vocabulary.
type modelFile struct {
	Type         string          `json:"type"`
	Unknown      *string         `json:"unk_token"`
	UnknownID    *int            `json:"unk_id"`
	Prefix       *string         `json:"continuing_subword_prefix"`
	Suffix       *string         `json:"end_of_word_suffix"`
	MostOfWord   *int            `json:"max_input_chars_per_word"`
	FuseUnknown  bool            `json:"fuse_unk"`
	ByteFallback bool            `json:"byte_fallback"`
	IgnoreMerges bool            `json:"ignore_merges"`
	Vocabulary   json.RawMessage `json:"vocab"`
	Merges       json.RawMessage `json:"merges"`

	index         map[string]int32
	scores        []float64
	least         float64
	longest, size int
}

// Open reads a tokenizer.json. What it would need that is not known here is an error, never left out. Truncation and
// padding are the caller's business: see Encode. Vocabulary, merges, added tokens and nested steps have limits (the
// constants above, maxSteps, maxDepth), beyond which the document is refused: it may come from anyone.
func Open(doc []byte) (*Tokenizer, error) {
	if len(doc) > MaxDocument {
		return nil, say.Errorf("tokenizer: it has %d bytes, expected %d at most", len(doc), MaxDocument)
	}
	var d document
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
	}
	if err := d.vocabulary(); err != nil {
		return nil, err
	}
	t := &Tokenizer{size: d.Model.size}
	var err error
	if t.normalise, err = normaliser(d.Normalizer, 0); err != nil {
		return nil, err
	}
	if t.split, err = preTokeniser(d.PreTokenizer, 0); err != nil {
		return nil, err
	}
	if t.unknown, err = d.unknown(); err != nil {
		return nil, err
	}
	if t.model, err = d.model(t.unknown); err != nil {
		return nil, err
	}
	if err := t.add(d.Added); err != nil {
		return nil, err
	}
	return t, t.template(d.PostProcessor)
}

// vocabulary reads {token: number}, or of Unigram [[token, score]].
func (d *document) vocabulary() error {
	m := &d.Model
	if m.Type == "" {
		m.Type = d.guessed()
	}
	if m.Type == "Unigram" {
		return d.scored()
	}
	if n := bytes.Count(m.Vocabulary, []byte(":")); n > 2*maxTokens {
		return say.Errorf("tokenizer: its vocabulary has %d entries, expected %d at most", n, maxTokens)
	}
	if err := json.Unmarshal(m.Vocabulary, &m.index); err != nil {
		return say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
	}
	for token, id := range m.index {
		if err := m.note(token, int(id)); err != nil {
			return err
		}
	}
	return nil
}

// guessed is the type of a model that does not say it, as older files do not.
func (d *document) guessed() string {
	switch m := d.Model; {
	case m.Merges != nil:
		return "BPE"
	case bytes.HasPrefix(bytes.TrimSpace(m.Vocabulary), []byte("[")):
		return "Unigram"
	case m.Prefix != nil || m.MostOfWord != nil:
		return "WordPiece"
	}
	return "WordLevel"
}

// note checks an entry and keeps the sizes.
func (m *modelFile) note(token string, id int) error {
	if len(token) > maxToken || id < 0 || id >= maxTokens {
		return say.Errorf("tokenizer: token %.60q has %d bytes and number %d, expected at most %d bytes and a number "+
			"below %d",
			token, len(token), id, maxToken, maxTokens)
	}
	m.size, m.longest = max(m.size, id+1), max(m.longest, len(token))
	return nil
}

// scored reads the pieces of Unigram; their numbers are their places.
func (d *document) scored() error {
	m := &d.Model
	if n := bytes.Count(m.Vocabulary, []byte("[")); n > 2*maxTokens {
		return say.Errorf("tokenizer: its vocabulary has %d entries, expected %d at most", n, maxTokens)
	}
	var list []scoredPiece
	if err := json.Unmarshal(m.Vocabulary, &list); err != nil {
		return say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
	}
	m.index, m.scores = make(map[string]int32, len(list)), make([]float64, len(list))
	for i, p := range list {
		if err := m.note(p.text, i); err != nil {
			return err
		}
		if p.text != "" {
			m.index[p.text] = int32(i)
		}
		m.scores[i] = p.score
		m.least = min(m.least, p.score)
	}
	return nil
}

type scoredPiece struct {
	text  string
	score float64
}

// UnmarshalJSON reads ["▁the", -3.7].
func (p *scoredPiece) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[2]any{&p.text, &p.score})
}

// unknown is the number of unk_token or unk_id, −1 for none. A number outside the vocabulary is an error, and so is
// WordPiece's token that it lacks; the other models do without.
func (d *document) unknown() (int32, error) {
	m := &d.Model
	if id := m.UnknownID; id != nil {
		if *id < 0 || *id >= m.size {
			return 0, say.Errorf("tokenizer: unk_id is %d, expected a number below %d", *id, m.size)
		}
		return int32(*id), nil
	}
	if m.Unknown != nil {
		if id, ok := m.index[*m.Unknown]; ok {
			return id, nil
		}
		if m.Type == "WordPiece" {
			return 0, say.Errorf("tokenizer: its vocabulary lacks the token %.60q", *m.Unknown)
		}
	}
	return -1, nil
}

// model makes what cuts words.
func (d *document) model(unknown int32) (model, error) {
	m := &d.Model
	switch m.Type {
	case "WordPiece":
		w := &wordPiece{index: m.index, unknown: max(unknown, 0), prefix: "##", most: 100, longest: m.longest}
		if m.Prefix != nil {
			w.prefix = *m.Prefix
		}
		if m.MostOfWord != nil {
			w.most = min(max(*m.MostOfWord, 1), maxWord)
		}
		return w, nil
	case "WordLevel":
		return &wordLevel{m.index, unknown}, nil
	case "BPE":
		return d.bpe(unknown)
	case "Unigram":
		return d.unigram(unknown)
	}
	return nil, say.Errorf("tokenizer: its model is of type %.60q, expected WordPiece, BPE, Unigram or WordLevel",
		m.Type)
}

// unigram makes the model of scored pieces. With byte_fallback all 256 tokens of bytes must be in the vocabulary.
func (d *document) unigram(unknown int32) (model, error) {
	m := &d.Model
	u := &unigram{index: m.index, scores: m.scores, unknown: unknown, least: m.least, longest: m.longest,
		bytes: m.ByteFallback}
	if u.bytes {
		return u, byteTokens(&u.fallback, m.index)
	}
	return u, nil
}

// bpe makes the model of merges, numbered by rank in their order. What a merge joins and what comes of it must be in
// the vocabulary; of a pair that stands twice the first rank counts.
func (d *document) bpe(unknown int32) (model, error) {
	m := &d.Model
	b := &bpe{index: m.index, unknown: unknown, fuse: m.FuseUnknown, bytes: m.ByteFallback, whole: m.IgnoreMerges}
	if m.Prefix != nil {
		b.prefix = *m.Prefix
	}
	if m.Suffix != nil {
		b.suffix = *m.Suffix
	}
	if b.bytes {
		if err := byteTokens(&b.fallback, m.index); err != nil {
			return nil, err
		}
	}
	list, err := mergesOf(m.Merges, len(m.index))
	if err != nil {
		return nil, err
	}
	b.merges = make(map[[2]int32]merge, len(list))
	for i, pair := range list {
		left, ok := m.index[pair[0]]
		right, ok2 := m.index[pair[1]]
		both, ok3 := m.index[pair[0]+strings.TrimPrefix(pair[1], b.prefix)]
		if !ok || !ok2 || !ok3 {
			return nil, say.Errorf("tokenizer: merge %d joins %.60q and %.60q, which its vocabulary lacks", i, pair[0],
				pair[1])
		}
		if _, twice := b.merges[[2]int32{left, right}]; !twice {
			b.merges[[2]int32{left, right}] = merge{int32(i), both}
		}
	}
	return b, nil
}

// maxWays is how many merges there may be for a token that they make; published vocabularies have 2.
const maxWays = 64

// mergesOf reads ["a b", …] or [["a", "b"], …] of a vocabulary of so many tokens. The older form parts two tokens by
// the first space, so a token with a space in it needs the newer. Commas are counted before the JSON is read, so that a
// long list costs no memory.
func mergesOf(doc json.RawMessage, tokens int) ([][2]string, error) {
	if n := bytes.Count(doc, []byte(",")); n > 2*min(maxMerges, maxWays*(tokens+1)) {
		return nil, say.Errorf("tokenizer: it has %d merges, expected %d at most", n, maxMerges)
	}
	var pairs [][2]string
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(doc), []byte("["))), []byte("[")) {
		err := json.Unmarshal(doc, &pairs)
		if err != nil {
			return nil, say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
		}
		return pairs, nil
	}
	var list []string
	if err := json.Unmarshal(doc, &list); err != nil {
		return nil, say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
	}
	for i, line := range list {
		left, right, ok := strings.Cut(line, " ")
		if !ok {
			return nil, say.Errorf("tokenizer: merge %d is %.60q, expected two tokens with a space between", i, line)
		}
		pairs = append(pairs, [2]string{left, right})
	}
	return pairs, nil
}

// byteTokens finds <0x00> to <0xFF>. One that the vocabulary lacks is an error.
func byteTokens(to *[256]int32, index map[string]int32) error {
	const digits = "0123456789ABCDEF"
	for i := range to {
		name := "<0x" + string(digits[i>>4]) + string(digits[i&15]) + ">"
		id, ok := index[name]
		if !ok {
			return say.Errorf("tokenizer: its vocabulary lacks the token %.60q", name)
		}
		to[i] = id
	}
	return nil
}

// add sorts the added tokens by where they are looked for. Those that are looked for in the normalised text are
// normalised themselves. Their numbers may lie above the vocabulary's and raise Size.
func (t *Tokenizer) add(list []addedToken) error {
	if len(list) > maxAdded {
		return say.Errorf("tokenizer: it has %d added tokens, expected %d at most", len(list), maxAdded)
	}
	for _, a := range list {
		if a.ID < 0 || a.ID >= maxTokens || len(a.Content) > maxToken {
			return say.Errorf("tokenizer: token %.60q has %d bytes and number %d, expected at most %d bytes and a "+
				"number below %d",
				a.Content, len(a.Content), a.ID, maxToken, maxTokens)
		}
		t.size = max(t.size, int(a.ID)+1)
		if or(a.Normalized, !a.Special) {
			a.Content = t.normalise(a.Content)
			t.after.add(a)
		} else {
			t.before.add(a)
		}
	}
	return nil
}
