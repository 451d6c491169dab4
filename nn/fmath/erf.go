package fmath

// Erf is the error function, odd to the bit. With t = min(|x|, 4) (from where
// it is 1 in float32), the magnitude is t + t·p(t²) up to 0.927734375, else
// 1 − Exp(q(t)); minimax polynomials by N. Juffa (stackoverflow.com/a/35148199).
func Erf(x float32) float32 {
	t := abs(x)
	if t > 4 {
		t = 4
	}
	s := float32(t * t)

	p := float32(-5.96761703e-4*s) + 4.99119423e-3
	p = float32(p*s) - 2.67681349e-2
	p = float32(p*s) + 1.12819925e-1
	p = float32(p*s) - 3.76125336e-1
	p = float32(p*s) + 1.28379166e-1
	small := float32(p*t) + t

	q := float32(-1.72853470e-5*t) + 3.83197126e-4
	q = float32(q*t) - 3.88396438e-3
	q = float32(q*t) + 2.42546219e-2
	q = float32(q*t) - 1.06777877e-1
	q = float32(q*t) - 6.34846687e-1
	q = float32(q*t) - 1.28717512e-1
	q = float32(q*t) - t
	m := 1 - Exp(q)
	if t <= 0.927734375 {
		m = small
	}
	return withSign(m, x)
}
