// Package tokens cuts texts into numbered tokens as a tokenizer.json says, the file in which Hugging Face's tokenizers
// keep WordPiece (Wu et al. 2016, arXiv 1609.08144), byte-pair encoding (Sennrich et al. 2015, arXiv 1508.07909),
// Unigram (Kudo 2018, arXiv 1804.10959) and plain words, with what is done to the text before and to the numbers after.
// It needs no regular expressions: those that published tokenizers use are written out in patterns.go.
package tokens

// Tokenizer is an open tokenizer.json. It may be used by several goroutines.
type Tokenizer struct {
	before, after finder // of added tokens, in the text as it is and in the normalised text
	normalise     func(string) string
	split         splitter
	model         model
	single, pair  []part
	size          int   // numbers are below it
	unknown       int32 // −1: none
}

// model cuts a word into numbers and appends them.
type model interface {
	cut(to []int32, word string) []int32
}

// part is what a template says: a sequence, or a token that is put between.
type part struct {
	sequence int     // 0: the first text, 1: the second, −1: ids
	ids      []int32 //
	kind     int32   // token_type_id
}

// Encoding is a text as numbers.
type Encoding struct {
	IDs   []int32
	Types []int32 // 0 of the first text, 1 of the second
	Cut   int     // how many tokens were left out because there were more than most
}

// Size is the least number that is above those of all tokens.
func (t *Tokenizer) Size() int { return t.size }

// Pieces are the numbers of a text without what the template adds.
func (t *Tokenizer) Pieces(text string) []int32 {
	var ids []int32
	first := true
	for _, s := range t.before.cut(text) {
		if s.token >= 0 {
			ids, first = append(ids, s.token), false
			continue
		}
		for _, s := range t.after.cut(t.normalise(s.text)) {
			if s.token >= 0 {
				ids = append(ids, s.token)
			} else if s.text != "" {
				for _, word := range t.split([]string{s.text}, first) {
					ids = t.model.cut(ids, word)
				}
			}
			first = false
		}
	}
	return ids
}

// Encode is a text with what the template puts around it, most numbers at most: what is too many is left out at the end
// of the text; 0 is no limit.
func (t *Tokenizer) Encode(text string, most int) Encoding {
	return t.Wrap(t.Pieces(text), most)
}

// Wrap is Encode of a text that was cut into Pieces.
func (t *Tokenizer) Wrap(pieces []int32, most int) Encoding {
	return fill(t.single, [][]int32{pieces}, most)
}

// Unknown is the number that stands for what the vocabulary lacks, −1 where nothing does.
func (t *Tokenizer) Unknown() int32 { return t.unknown }

// EncodePair is two texts in one row; of the longer one the end is left out first.
func (t *Tokenizer) EncodePair(a, b string, most int) Encoding {
	return fill(t.pair, [][]int32{t.Pieces(a), t.Pieces(b)}, most)
}

// Around is how many numbers the template adds to a text.
func (t *Tokenizer) Around() (n int) {
	for _, p := range t.single {
		n += len(p.ids)
	}
	return n
}

// fill puts texts into a template. While the row has more than most numbers (0: no limit), the end of the longest text
// is left out, of equal ones the first; what the template adds is cut only when no text is left. texts is changed.
func fill(template []part, texts [][]int32, most int) (e Encoding) {
	n := 0
	for _, p := range template {
		if n += len(p.ids); p.sequence >= 0 {
			n += len(texts[p.sequence])
		}
	}
	for ; most > 0 && n > most; n-- {
		longest := 0
		for i := range texts {
			if len(texts[i]) > len(texts[longest]) {
				longest = i
			}
		}
		if len(texts[longest]) == 0 {
			break
		}
		texts[longest] = texts[longest][:len(texts[longest])-1]
		e.Cut++
	}
	for _, p := range template {
		ids := p.ids
		if p.sequence >= 0 {
			ids = texts[p.sequence]
		}
		for _, id := range ids {
			if most <= 0 || len(e.IDs) < most {
				e.IDs, e.Types = append(e.IDs, id), append(e.Types, p.kind)
			}
		}
	}
	return e
}
