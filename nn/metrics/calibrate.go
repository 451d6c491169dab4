package metrics

import "math"

// Calibrated divides the logits behind a softmax row, or behind a single sigmoid,
// by the temperature (Guo et al. 2017, arXiv 1706.04599) and gives one probability per label.
func Calibrated(p []float32, temperature float64) []float64 {
	if temperature <= 0 {
		temperature = 1
	}
	if len(p) == 1 {
		yes := min(max(float64(p[0]), 1e-7), 1-1e-7)
		logit := math.Log(yes / (1 - yes))
		yes = 1 / (1 + math.Exp(-logit/temperature))
		return []float64{1 - yes, yes}
	}
	out, sum := make([]float64, len(p)), 0.0
	for i, v := range p {
		out[i] = float64(v)
		if temperature != 1 {
			out[i] = math.Exp(math.Log(max(out[i], 1e-30)) / temperature)
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// FitTemperature finds the temperature with the least cross-entropy on rows of n
// probabilities with known labels, to two decimals from 0.5 to 4. A share `doubt` of every row
// is taken to belong to the other labels: 0, or 1/(n+2) for few rows, lest n right answers make
// a model that is sure of everything (Platt 1999).
func FitTemperature(rows []float32, n int, labels []int, doubt float64) float64 {
	best, least := 1.0, math.Inf(1)
	for t := 50; t <= 400; t += 5 {
		temperature, loss := float64(t)/100, 0.0
		for i, label := range labels {
			p := Calibrated(rows[i*n:(i+1)*n], temperature)
			loss -= (1 - doubt) * math.Log(max(p[label], 1e-12))
			for j := range p {
				if j != label && doubt > 0 {
					loss -= doubt / float64(len(p)-1) * math.Log(max(p[j], 1e-12))
				}
			}
		}
		if loss < least {
			best, least = temperature, loss
		}
	}
	return best
}

// RejectThreshold is the top probability below which inputs are to be rejected: among the hundredths that keep at
// least the given share of the inside samples, the one with the largest sum of correct inside samples (hits) kept and
// outside samples rejected, both as shares. 0 where none keeps enough.
func RejectThreshold(inside []float64, hits []bool, outside []float64, keep float64) float64 {
	best, most := 0.0, -1.0
	for k := 1; k < 100; k++ {
		threshold := float64(k) / 100
		if 1-Rejected(inside, threshold) < keep {
			break
		}
		right := 0
		for i, p := range inside {
			if hits[i] && p >= threshold {
				right++
			}
		}
		if score := float64(right)/float64(len(inside)) + Rejected(outside, threshold); score > most {
			best, most = threshold, score
		}
	}
	return best
}
