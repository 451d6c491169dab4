package explain

// Stretched brings values [height, width] to another size by linear interpolation between the middles of places, those
// at the edge reaching to it.
func Stretched(values []float32, height, width, toHeight, toWidth int) []float32 {
	if height == toHeight && width == toWidth {
		return values
	}
	rows, columns := steps(height, toHeight), steps(width, toWidth)
	out := make([]float32, 0, toHeight*toWidth)
	for _, r := range rows {
		above, below := values[r.low*width:], values[r.high*width:]
		for _, c := range columns {
			top := between(above[c.low], above[c.high], c.share)
			out = append(out, between(top, between(below[c.low], below[c.high], c.share), r.share))
		}
	}
	return out
}

// step lies between two places: share 0 is low, 1 is high.
type step struct {
	low, high int
	share     float32
}

func steps(from, to int) []step {
	list := make([]step, to)
	scale := float32(from) / float32(to)
	for i := range list {
		at := float32((float32(i)+0.5)*scale) - 0.5
		at = min(max(at, 0), float32(from-1))
		low := int(at)
		list[i] = step{low, min(low+1, from-1), at - float32(low)}
	}
	return list
}

func between(a, b, share float32) float32 { return a + float32(share*(b-a)) }
