// Package text turns texts into rows of indices: Keras' Tokenizer and
// pad_sequences, and hashed n-grams.
package text

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wafer/nn/order"
	"wafer/nn/recipe"
)

// Tokenizer gives every word an index by its frequency, as
// keras.preprocessing.text.Tokenizer does: 1 is the most frequent word (after
// OOVToken), words of equal frequency keep the order in which they appeared, and
// 0 is no word. Once fitted, it may be used by several goroutines.
type Tokenizer struct {
	recipe.Tokenizer
	documents int
	counts    table // how often each word occurs, in order of first appearance
	docs      table // in how many texts
	index     table // in order of frequency
}

// table is a map that remembers the order of its keys, like a Python dict.
type table struct {
	keys   []string
	values map[string]int
}

func (t *table) set(key string, v int) {
	if t.values == nil {
		t.values = map[string]int{}
	}
	if _, ok := t.values[key]; !ok {
		t.keys = append(t.keys, key)
	}
	t.values[key] = v
}

// NewTokenizer returns a tokenizer that knows no words yet.
func NewTokenizer(o recipe.Tokenizer) *Tokenizer {
	if o.Split == "" {
		o.Split = " "
	}
	return &Tokenizer{Tokenizer: o}
}

// Fit counts the words of texts, in addition to those of earlier calls, and
// orders all words anew.
func (t *Tokenizer) Fit(texts []string) {
	for _, text := range texts {
		t.documents++
		seen := map[string]bool{}
		for _, w := range t.split(text) {
			t.counts.set(w, t.counts.values[w]+1)
			if !seen[w] {
				seen[w] = true
				t.docs.set(w, t.docs.values[w]+1)
			}
		}
	}
	t.rank()
}

func (t *Tokenizer) rank() {
	words := slices.Clone(t.counts.keys)
	order.Stable(words, func(a, b string) int { return t.counts.values[b] - t.counts.values[a] })
	t.index = table{}
	if t.OOVToken != "" {
		words = append([]string{t.OOVToken}, words...)
	}
	for i, w := range words { // a word spelt like OOVToken overrides its index, as in Keras
		t.index.set(w, i+1)
	}
}

// Words is the number of known words, OOVToken included.
func (t *Tokenizer) Words() int { return len(t.index.keys) }

// Index is the index of a word, 0 if it is not known.
func (t *Tokenizer) Index(word string) int { return t.index.values[word] }

// Sequences is Keras' texts_to_sequences.
func (t *Tokenizer) Sequences(texts []string) [][]int32 {
	rows := make([][]int32, len(texts))
	for i, text := range texts {
		rows[i] = t.Sequence(text)
	}
	return rows
}

// Sequence lists the indices of the words of one text, in order. Words that are
// unknown or not among the first NumWords become OOVToken's index; without an
// OOVToken they are left out.
func (t *Tokenizer) Sequence(text string) []int32 {
	oov := t.index.values[t.OOVToken]
	row := []int32{}
	for _, w := range t.split(text) {
		i := t.index.values[w]
		if i == 0 || t.NumWords > 0 && i >= t.NumWords {
			i = 0
			if t.OOVToken != "" {
				i = oov
			}
		}
		if i != 0 {
			row = append(row, int32(i))
		}
	}
	return row
}

// split is Keras' text_to_word_sequence, or the characters with CharLevel.
func (t *Tokenizer) split(text string) []string {
	if t.Lower {
		text = Lower(text)
	}
	if t.CharLevel {
		return characters(text)
	}
	if strings.ContainsAny(text, t.Filters) {
		text = t.filter(text)
	}
	words := strings.Split(text, t.Split)
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

func (t *Tokenizer) filter(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if strings.ContainsRune(t.Filters, r) {
			b.WriteString(t.Split)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func characters(text string) []string {
	list := make([]string, 0, utf8.RuneCountInString(text))
	for _, r := range text {
		list = append(list, string(r))
	}
	return list
}
