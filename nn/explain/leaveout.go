package explain

// LeaveOut is how much the score loses when a part of the input is left out, for each of n parts; score gets the part's
// number, −1 for the whole input.
func LeaveOut(n int, score func(without int) (float32, error)) (values []float32, err error) {
	whole, err := score(-1)
	if err != nil {
		return nil, err
	}
	for i := range n {
		s, err := score(i)
		if err != nil {
			return nil, err
		}
		values = append(values, whole-s)
	}
	return values, nil
}
