package tensor

// Holder is memory outside of Go that a program computes in.
type Holder interface {
	// Fetch copies the elements of a tensor that was lent to the holder into dst.
	Fetch(t *Tensor, dst []float32)
}

// Lend says that h has changed the elements of a float32 tensor and keeps them; F
// fetches them when somebody asks.
func (t *Tensor) Lend(h Holder) { t.holder, t.version = h, t.version+1 }

// Touch says that the elements were changed where they are.
func (t *Tensor) Touch() { t.version++ }

// Version differs from that of an earlier moment if the elements may have changed
// since. Programs compare it to know what to copy or to compute again.
func (t *Tensor) Version() int { return t.version }

// Read is F for a caller that changes nothing.
func (t *Tensor) Read() []float32 {
	t.home()
	return t.f
}

func (t *Tensor) home() {
	if h := t.holder; h != nil {
		t.holder = nil
		h.Fetch(t, t.f)
	}
}
