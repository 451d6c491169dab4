//go:build !(goexperiment.simd && go1.27)

package native

const maxTileN = 8

// tileN is the width of the tile.
func tileN() int { return maxTileN }

// tile adds a [4,k] times b [k,8] to dst. Element (r, p) of a is a[r·rows+p·cs];
// row p of b begins at b[p·bs]. With first, dst starts from 0.
func tile(dst []float32, ldd int, a []float32, rows, cs int, b []float32, bs, k int, first bool) {
	for r := range tileM {
		tileRow(dst[r*ldd:], a[r*rows:], cs, b, bs, k, first)
	}
}

// tileRow is tile for one row.
func tileRow(dst []float32, a []float32, cs int, b []float32, bs, k int, first bool) {
	d := (*[maxTileN]float32)(dst)
	var c [maxTileN]float32
	if !first {
		c = *d
	}
	for p := range k {
		x, row := a[p*cs], (*[maxTileN]float32)(b[p*bs:])
		for j, v := range row {
			c[j] += float32(x * v)
		}
	}
	*d = c
}
