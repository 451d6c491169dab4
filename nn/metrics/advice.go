package metrics

import (
	"cmp"
	"slices"

	"wafer/nn/order"
	"wafer/nn/task"
)

const (
	mostAdvice   = 3
	sureOfOther  = 0.9  // probability of another class from which on a label is doubted
	alikeFrom    = 0.15 // share of two classes that is taken for the other one
	fewSamples   = 10   // of a class
	poorlyKnown  = 0.7  // share of a class that is recognised
	knownEnough  = 0.6  // likewise: below it, doubting labels would be guessing
	worthOfAlike = 0.5  // how many of such answers a better pair of classes may save
	worthOfMore  = 0.3  // likewise more samples
)

// advise lists what is likely to help most: each piece is worth the number of wrong answers that it may save.
func advise(e task.Estimate, h Held) []task.Advice {
	type worth struct {
		task.Advice
		value float64
	}
	var all []worth
	for _, a := range swapped(e) {
		all = append(all, worth{a, float64(len(a.Samples))})
	}
	count := make([]int, h.Classes)
	for _, label := range h.Labels {
		count[label]++
	}
	c := Confusion(e.Confusion)
	for a, k := range c.Classes() {
		if k.Support == 0 || count[a] < fewSamples || k.Recall < poorlyKnown {
			missed := float64(k.Support) * (1 - k.Recall)
			lack := max(float64(fewSamples-count[a]), 0) / fewSamples
			all = append(all, worth{task.Advice{Kind: task.MoreSamples, Class: a, Other: -1},
				worthOfMore*missed + lack})
		}
		for b := range a {
			mixed, both := c[a][b]+c[b][a], k.Support+rowSum(c[b])
			if mixed >= 2 && float64(mixed) >= alikeFrom*float64(both) {
				all = append(all, worth{task.Advice{Kind: task.LookAlike, Class: b, Other: a},
					worthOfAlike * float64(mixed)})
			}
		}
	}
	order.Stable(all, func(a, b worth) int { return cmp.Compare(b.value, a.value) })
	list := []task.Advice{}
	for _, w := range all {
		if len(list) < mostAdvice && !said(list, w.Advice) {
			list = append(list, w.Advice)
		}
	}
	return list
}

// said tells that a class which needs more samples is already one of two that look alike.
func said(list []task.Advice, a task.Advice) bool {
	return a.Kind == task.MoreSamples && slices.ContainsFunc(list, func(b task.Advice) bool {
		return b.Kind == task.LookAlike && (b.Class == a.Class || b.Other == a.Class)
	})
}

// swapped lists, by pair of classes, the samples that surely look like another class than theirs, which is well
// known.
func swapped(e task.Estimate) []task.Advice {
	known := Confusion(e.Confusion).Classes()
	var list []task.Advice
	for _, w := range e.Wrong {
		if w.Probability < sureOfOther || known[w.Label].Recall < knownEnough || known[w.Said].Recall < knownEnough {
			continue
		}
		at := slices.IndexFunc(list, func(a task.Advice) bool { return a.Class == w.Label && a.Other == w.Said })
		if at < 0 {
			at = len(list)
			list = append(list, task.Advice{Kind: task.SwappedLabel, Class: w.Label, Other: w.Said})
		}
		list[at].Samples = append(list[at].Samples, w.Sample)
	}
	return list
}

func rowSum(row []int) (n int) {
	for _, v := range row {
		n += v
	}
	return n
}
