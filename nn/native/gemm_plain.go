//go:build !(goexperiment.simd && go1.27)

package native

const maxTileN = 8

// tileN is the width of the tile.
func tileN() int { return maxTileN }

// tile is micro.tile.
func tile(dst []float32, ldd int, a []float32, rows *[tileM]int, step int, runs []run, b []float32, bs int,
	first bool, end *finish) {
	for r, row := range rows {
		tileRow(dst[r*ldd:], a, row, step, runs, b, bs, first)
	}
}

// tileRow is micro.row.
func tileRow(dst []float32, a []float32, row, step int, runs []run, b []float32, bs int, first bool) {
	d := (*[maxTileN]float32)(dst)
	var c [maxTileN]float32
	if !first {
		c = *d
	}
	for _, u := range runs {
		from := a[row+u.at:]
		for p := range u.n {
			x, v := from[p*step], (*[maxTileN]float32)(b)
			for j := range v {
				c[j] += float32(x * v[j])
			}
			b = b[min(bs, len(b)):]
		}
	}
	*d = c
}
