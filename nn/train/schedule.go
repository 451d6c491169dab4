package train

import (
	"wafer/nn/fmath"
	"wafer/nn/recipe"
)

// rateAt is the learning rate of step number t (from 0) of total, before what
// reduce_on_plateau takes off.
func rateAt(o recipe.Optimizer, t, total int) float64 {
	s, top := o.Schedule, o.LearningRate
	at := float64(t)
	switch s.Name {
	case "cosine":
		warm := float64(s.Warmup * float64(total)) // the conversions forbid fused multiply-add
		if at < warm {
			return top * (at + 1) / (warm + 1)
		}
		return anneal(top, float64(top*s.Alpha), (at-warm)/(float64(total)-warm))
	case "one_cycle":
		// The phases of PyTorch's OneCycleLR with anneal_strategy="cos".
		up := float64(s.PctStart*float64(total)) - 1
		first := top / s.DivFactor
		if at <= up {
			return anneal(first, top, at/up)
		}
		return anneal(top, first/s.FinalDivFactor, (at-up)/(float64(total)-1-up))
	}
	return top
}

// anneal goes from a to b along half a cosine, share running from 0 to 1.
func anneal(a, b, share float64) float64 {
	const pi = 3.14159265358979323846
	share = min(max(share, 0), 1)
	return b + float64((a-b)*(1+float64(fmath.Cos(float32(pi*share)))))/2
}

// plateau is Keras' ReduceLROnPlateau.
type plateau struct {
	Factor float64 `json:"factor"` // what the rate is multiplied with
	Best   float64 `json:"best"`
	Wait   int     `json:"wait"`
	Seen   bool    `json:"seen"`
}

// observe looks at the monitored value of an epoch; smaller is better.
func (p *plateau) observe(s recipe.Schedule, value, rate float64) {
	if s.Name != "reduce_on_plateau" {
		return
	}
	if !p.Seen || value < p.Best-s.MinDelta {
		p.Best, p.Wait, p.Seen = value, 0, true
		return
	}
	if p.Wait++; p.Wait >= max(s.Patience, 1) {
		p.Factor, p.Wait = max(p.Factor*s.Factor, s.MinLR/rate), 0
	}
}
