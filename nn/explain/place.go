package explain

// Place is where most of what speaks for a class lies: row 0 the upper third, 1 the middle, 2 the lower, and column 0
// the left to 2 the right; −1: over the whole height or width. What is less than half of the greatest value does not
// count; a third has it that holds more than half of the rest.
func (m *Map) Place() (row, column int) {
	var rows, columns [3]float32
	top := m.greatest()
	for i, v := range m.Values {
		if v > 0 && 2*v >= top {
			rows[i/m.Width*3/m.Height] += v
			columns[i%m.Width*3/m.Width] += v
		}
	}
	return third(rows), third(columns)
}

func third(sums [3]float32) int {
	all := sums[0] + sums[1] + sums[2]
	for i, v := range sums {
		if 2*v > all {
			return i
		}
	}
	return -1
}

func (m *Map) greatest() (top float32) {
	for _, v := range m.Values {
		top = max(top, v)
	}
	return top
}
