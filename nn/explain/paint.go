package explain

// leastSide is the least side of a painted picture, in pixels: smaller ones are enlarged.
const leastSide = 224

// Paint lays a map over a picture of opaque RGBA bytes: the picture in dim grey, and on it what speaks for the class,
// the brighter the more, from dark red to yellow, with a white line around what is above half of the greatest. Small
// pictures are enlarged by a whole number. Bytes are rounded from float32.
func (m *Map) Paint(rgba []byte, width, height int) (painted []byte, toWidth, toHeight int) {
	k := max(1, (leastSide+max(width, height)-1)/max(width, height))
	toWidth, toHeight = k*width, k*height
	values := Stretched(m.Values, m.Height, m.Width, toHeight, toWidth)
	top := max(m.greatest(), 1e-30)
	for i, v := range values {
		values[i] = max(v/top, 0)
	}
	painted = make([]byte, 0, 4*len(values))
	for i, v := range values {
		x, y := i%toWidth, i/toWidth
		p := rgba[4*(y/k*width+x/k):]
		grey := float32(0.3*float32(p[0])) + float32(0.59*float32(p[1])) + float32(0.11*float32(p[2]))
		colour := ramp(v)
		if onLine(values, toWidth, x, y) {
			colour = [4]float32{255, 255, 255, 0.9}
		}
		for c := range 3 {
			painted = append(painted, byte(between(float32(0.75*grey), colour[c], colour[3])+0.5))
		}
		painted = append(painted, 255)
	}
	return painted, toWidth, toHeight
}

// ramp is the colour of a value from 0 to 1, and how much it covers.
func ramp(v float32) (c [4]float32) {
	stops := [...][4]float32{{60, 0, 30, 0}, {150, 20, 30, 0.35}, {230, 90, 0, 0.55}, {255, 225, 60, 0.7}}
	at := v * float32(len(stops)-1)
	low := min(int(at), len(stops)-2)
	for i := range c {
		c[i] = between(stops[low][i], stops[low+1][i], at-float32(low))
	}
	return c
}

// onLine tells that a pixel is above half and one beside it is not.
func onLine(values []float32, width, x, y int) bool {
	i := y*width + x
	if values[i] < 0.5 {
		return false
	}
	return x > 0 && values[i-1] < 0.5 || x+1 < width && values[i+1] < 0.5 ||
		y > 0 && values[i-width] < 0.5 || i+width < len(values) && values[i+width] < 0.5
}
