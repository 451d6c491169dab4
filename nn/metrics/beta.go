package metrics

import "math"

// betaQuantile is the x in 0…1 up to which the distribution Beta(a, b) has the share p, to 12 digits after the point.
func betaQuantile(a, b, p float64) float64 {
	low, high := 0.0, 1.0
	for high-low > 1e-12 {
		middle := (low + high) / 2
		if betaShare(a, b, middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// betaShare is the regularised incomplete beta function I_x(a, b) for x within 0…1, by its continued fraction (NIST
// Digital Library of Mathematical Functions, 8.17.22), which converges fast below the mean; above it, 1 − I_{1−x}(b,
// a).
func betaShare(a, b, x float64) float64 {
	if x > (a+1)/(a+b+2) {
		return 1 - betaShare(b, a, 1-x)
	}
	both, _ := math.Lgamma(a + b)
	one, _ := math.Lgamma(a)
	other, _ := math.Lgamma(b)
	scale := math.Exp(both-one-other+a*math.Log(x)+b*math.Log1p(-x)) / a
	// Lentz's method: f is the fraction, c and d the ratios of its last numerators and denominators.
	f, c, d := 1.0, 1.0, 0.0
	for i := 1; math.Abs(c*d-1) > 1e-15 && i < 20_000; i++ { // some thousands where a and b are a million
		m := float64(i / 2)
		term := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		if i%2 == 1 {
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / (1 + term*d)
		c = 1 + term/c
		f *= c * d
	}
	return scale / f
}
