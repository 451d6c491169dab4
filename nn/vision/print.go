package vision

import "math/bits"

// Print is what is left of a picture when size, compression and small changes of light are taken away: a difference
// hash of 64 bits (is each of 8×8 cells darker than the next? Krawetz 2013, "dHash") and the levels of 8×8 cells.
type Print struct {
	Hash   uint64
	Levels [64]uint8 // mean brightness of each cell
}

const (
	nearBits   = 6  // bits of two prints of one picture that may differ
	nearLevels = 6  // mean difference of their levels, once both have the same mean
	leastEdges = 12 // set or clear bits of a print that says something; flat pictures and thin strokes have fewer
)

// NewPrint is the print of a picture of grey levels (one channel), RGB (3) or RGBA (4), row by row.
func NewPrint(width, height, channels int, pix []byte) Print {
	if width < 9 || height < 8 || len(pix) < width*height*channels {
		return Print{}
	}
	var cells [72]int // 8 rows of 9
	for i := range cells {
		cells[i] = brightness(width, height, channels, pix, i%9, i/9, 9)
	}
	var p Print
	for y := range 8 {
		for x := range 8 {
			if at := y*9 + x; cells[at] < cells[at+1] {
				p.Hash |= 1 << (y*8 + x)
			}
			p.Levels[y*8+x] = uint8(brightness(width, height, channels, pix, x, y, 8) / 16)
		}
	}
	return p
}

// brightness is 16 times the mean luma of a cell: number x of `across` columns, number y of 8 rows.
func brightness(width, height, channels int, pix []byte, x, y, across int) int {
	sum, n := 0, 0
	for row := y * height / 8; row < (y+1)*height/8; row++ {
		for column := x * width / across; column < (x+1)*width/across; column++ {
			at := (row*width + column) * channels
			if n++; channels < 3 {
				sum += int(pix[at])
				continue
			}
			sum += (299*int(pix[at]) + 587*int(pix[at+1]) + 114*int(pix[at+2])) / 1000
		}
	}
	return 16 * sum / max(n, 1)
}

// Near reports whether two prints are of nearly the same picture. Prints that say nothing are near none.
func (p Print) Near(q Print) bool {
	if bits.OnesCount64(p.Hash^q.Hash) > nearBits || !p.telling() || !q.telling() {
		return false
	}
	shift, apart := 0, 0
	for i := range p.Levels {
		shift += int(p.Levels[i]) - int(q.Levels[i])
	}
	for i := range p.Levels {
		d := int(p.Levels[i]) - int(q.Levels[i]) - shift/64
		apart += max(d, -d)
	}
	return apart <= 64*nearLevels
}

func (p Print) telling() bool {
	n := bits.OnesCount64(p.Hash)
	return n >= leastEdges && n <= 64-leastEdges
}
