package tokens

import (
	"unicode/utf8"
)

// bpe joins two neighbours again and again, those first that were joined first when the vocabulary was made.
type bpe struct {
	index    map[string]int32
	merges   map[[2]int32]merge
	unknown  int32 // −1: left out
	prefix   string
	suffix   string
	fuse     bool // several unknown characters in a row are one token
	bytes    bool // an unknown character is its bytes, <0x41>
	whole    bool // a word of the vocabulary is taken as it is (ignore_merges)
	fallback [256]int32
}

type merge struct{ rank, id int32 }

// symbol is a piece of the word in a list of neighbours.
type symbol struct {
	id, prev, next int32
	gone           bool
}

// pairAt is two neighbours that may be joined, on a heap: lowest rank first, then the leftmost.
type pairAt struct {
	rank, id    int32
	left, right int32
	ids         [2]int32
}

// cut joins until no neighbours have a merge, then appends what is left. Pairs whose pieces were joined otherwise
// meanwhile stay on the heap and are passed over, so a word of n characters takes n·log n steps.
func (b *bpe) cut(to []int32, word string) []int32 {
	if b.whole {
		if id, ok := b.index[word]; ok {
			return append(to, id)
		}
	}
	list := b.symbols(word)
	var h pairs
	for i := 1; i < len(list); i++ {
		b.push(&h, list, int32(i-1), int32(i))
	}
	for len(h) > 0 {
		p := h.pop()
		left, right := &list[p.left], &list[p.right]
		if left.gone || right.gone || left.next != p.right || left.id != p.ids[0] || right.id != p.ids[1] {
			continue
		}
		left.id, left.next, right.gone = p.id, right.next, true
		if left.next >= 0 {
			list[left.next].prev = p.left
			b.push(&h, list, p.left, left.next)
		}
		if left.prev >= 0 {
			b.push(&h, list, left.prev, p.left)
		}
	}
	for i := range list {
		if !list[i].gone {
			to = append(to, list[i].id)
		}
	}
	return to
}

// push puts two neighbours of the list onto the heap, where there is a merge for them.
func (b *bpe) push(h *pairs, list []symbol, left, right int32) {
	ids := [2]int32{list[left].id, list[right].id}
	if m, ok := b.merges[ids]; ok {
		h.push(pairAt{m.rank, m.id, left, right, ids})
	}
}

// symbols are the characters of a word, as far as the vocabulary has them. Within the word prefix stands before a
// character, and suffix behind the last. What the vocabulary lacks becomes its bytes, the unknown token, or nothing.
func (b *bpe) symbols(word string) []symbol {
	list := make([]symbol, 0, len(word))
	unknown := false
	add := func(id int32) {
		n := int32(len(list))
		list = append(list, symbol{id: id, prev: n - 1, next: n + 1})
	}
	for at := 0; at < len(word); {
		_, n := utf8.DecodeRuneInString(word[at:])
		key := word[at : at+n]
		if at > 0 {
			key = b.prefix + key
		}
		if at += n; at == len(word) {
			key += b.suffix
		}
		id, ok := b.index[key]
		switch {
		case ok:
			add(id)
		case b.bytes:
			for _, c := range []byte(word[at-n : at]) {
				add(b.fallback[c])
			}
		case b.unknown >= 0 && !(unknown && b.fuse):
			add(b.unknown)
		}
		unknown = !ok && !b.bytes
	}
	if len(list) > 0 {
		list[len(list)-1].next = -1
	}
	return list
}

// pairs is a binary heap.
type pairs []pairAt

// less is the order of the heap: merges learnt earlier first, and from left to right among equal ones.
func (h pairs) less(i, j int) bool {
	return h[i].rank < h[j].rank || h[i].rank == h[j].rank && h[i].left < h[j].left
}

func (h *pairs) push(p pairAt) {
	*h = append(*h, p)
	for i := len(*h) - 1; i > 0 && h.less(i, (i-1)/2); i = (i - 1) / 2 {
		(*h)[i], (*h)[(i-1)/2] = (*h)[(i-1)/2], (*h)[i]
	}
}

// pop takes the first pair off; the heap must not be empty.
func (h *pairs) pop() pairAt {
	list := *h
	top, last := list[0], len(list)-1
	list[0] = list[last]
	list = list[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && list.less(child+1, child) {
			child++
		}
		if !list.less(child, i) {
			break
		}
		list[i], list[child] = list[child], list[i]
		i = child
	}
	*h = list
	return top
}
