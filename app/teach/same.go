package teach

import (
	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// hashAtOnce bounds what goes to the worker in one message, bytes.
const hashAtOnce = 24 << 20

// without leaves out pictures that a class has already, and those that come twice: pictures of the same content. Only
// those of the same size are compared; the names do not matter.
func (t *Teaching) without(class string, fresh []store.Sample) []store.Sample {
	project := t.project(task.Image)
	had := project.whole(class)
	count := map[int]int{}
	for _, s := range had {
		count[s.Bytes]++
	}
	for _, s := range fresh {
		count[s.Bytes]++
	}
	var doubtful []store.Sample
	for _, list := range [][]store.Sample{had, fresh} {
		for _, s := range list {
			if count[s.Bytes] > 1 && !s.Drawn {
				doubtful = append(doubtful, s)
			}
		}
	}
	sums := t.hashes(doubtful)
	seen, kept := map[string]bool{}, []store.Sample{}
	next := 0
	sum := func(s store.Sample) (h string) {
		if count[s.Bytes] > 1 && !s.Drawn && next < len(sums) {
			h = sums[next]
			next++
		}
		return h
	}
	for _, s := range had {
		seen[sum(s)] = true
	}
	for _, s := range fresh {
		h := sum(s)
		if h == "" || !seen[h] {
			kept = append(kept, s)
		}
		seen[h] = true
	}
	return kept
}

// hashes are the SHA-256 of pictures; nil where the worker cannot read them, and then none is the same as another.
func (t *Teaching) hashes(list []store.Sample) (sums []string) {
	for len(list) > 0 {
		n, bytes := 0, 0
		for n < len(list) && (n == 0 || bytes+list[n].Bytes <= hashAtOnce) && n < 64 {
			bytes += list[n].Bytes
			n++
		}
		_, buffers := inputs(list[:n])
		answer, _, err := bridge.Ask(t.app.Worker(), bridge.Hash, bridge.None{}, buffers...)
		if err != nil || len(answer.SHA256) != n {
			return nil
		}
		sums, list = append(sums, answer.SHA256...), list[n:]
	}
	return sums
}

// both joins two parts of a sentence; either may be nil.
func both(a, b *words.Say) *words.Say {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return words.Of("read.and", a, b)
}

// same adds how many examples were there already.
func same(left *words.Say, already int) *words.Say {
	if already == 0 {
		return left
	}
	return both(left, words.Of("read.same", already))
}
