package main

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"wafer/nn/data"
	"wafer/nn/task"
)

// drawnSide is the side of drawn pictures in pixels, perKind their number of a kind.
const drawnSide, perKind = 224, 200

// kinds draw pictures that show no thing at all.
var kinds = map[string]func(p *image.RGBA, r *rand.Rand){
	"blank": blank, "noise": noise, "clouds": clouds, "writing": writing, "doodles": doodles, "stripes": stripes,
}

// drawn are pictures of a kind, the same ones every time; nil: no such kind.
func drawn(kind string) (list []task.Input) {
	paint := kinds[kind]
	if paint == nil {
		return nil
	}
	r := data.Rand(1, "drawn", 0, 0)
	for range perKind {
		p := image.NewRGBA(image.Rect(0, 0, drawnSide, drawnSide))
		paint(p, r)
		list = append(list, task.Input{Name: kind, Pixels: &task.Pixels{Width: drawnSide, Height: drawnSide,
			RGBA: p.Pix}})
	}
	return list
}

// anyColour is opaque.
func anyColour(r *rand.Rand) color.RGBA {
	return color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
}

// fill paints the whole picture.
func fill(p *image.RGBA, c color.Color) {
	draw.Draw(p, p.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
}

// blank is one colour, or a slope between two, with a camera's noise.
func blank(p *image.RGBA, r *rand.Rand) {
	a, b, grain, turn := anyColour(r), anyColour(r), r.Float64()*8, r.Float64()*2*math.Pi
	if r.IntN(2) == 0 {
		b = a
	}
	dx, dy := math.Cos(turn), math.Sin(turn)
	each(p, func(x, y float64) color.RGBA {
		share := 0.5 + (x*dx+y*dy)/(2*math.Sqrt2)
		return mix(a, b, share, func() float64 { return grain * r.NormFloat64() })
	})
}

// noise is a colour of its own for every square of 1 to 8 pixels.
func noise(p *image.RGBA, r *rand.Rand) {
	grey, side := r.IntN(2) == 0, 1<<r.IntN(4)
	small := image.NewRGBA(image.Rect(0, 0, drawnSide/side, drawnSide/side))
	each(small, func(_, _ float64) color.RGBA {
		c := anyColour(r)
		if grey {
			c.G, c.B = c.R, c.R
		}
		return c
	})
	draw.NearestNeighbor.Scale(p, p.Bounds(), small, small.Bounds(), draw.Src, nil)
}

// clouds are sums of smooth noise, as of smoke, stone or water.
func clouds(p *image.RGBA, r *rand.Rand) {
	a, b := anyColour(r), anyColour(r)
	sum, weight := make([]float64, drawnSide*drawnSide), 1.0
	for cells := 2 + r.IntN(6); cells < drawnSide/2; cells *= 2 {
		for i, v := range smooth(cells, r) {
			sum[i] += weight * v
		}
		weight *= 0.4 + 0.4*r.Float64()
	}
	i := 0
	each(p, func(_, _ float64) color.RGBA {
		share := 0.5 + sum[i]/4
		i++
		return mix(a, b, share, func() float64 { return 0 })
	})
}

// smooth are random numbers of cells × cells, bilinear between them.
func smooth(cells int, r *rand.Rand) []float64 {
	grid, out := make([]float64, (cells+1)*(cells+1)), make([]float64, drawnSide*drawnSide)
	for i := range grid {
		grid[i] = r.NormFloat64()
	}
	for i := range out {
		x, fx := math.Modf(float64(i%drawnSide*cells) / drawnSide)
		y, fy := math.Modf(float64(i/drawnSide*cells) / drawnSide)
		at := int(y)*(cells+1) + int(x)
		top := grid[at]*(1-fx) + grid[at+1]*fx
		low := grid[at+cells+1]*(1-fx) + grid[at+cells+2]*fx
		out[i] = top*(1-fy) + low*fy
	}
	return out
}

// stripes are waves in one or two directions.
func stripes(p *image.RGBA, r *rand.Rand) {
	a, b, turn, waves := anyColour(r), anyColour(r), r.Float64()*math.Pi, 4+r.Float64()*60
	dx, dy, both, hard := math.Cos(turn)*waves, math.Sin(turn)*waves, r.IntN(2) == 0, r.IntN(2) == 0
	each(p, func(x, y float64) color.RGBA {
		v := math.Sin(x*dx + y*dy)
		if both {
			v *= math.Sin(y*dx - x*dy)
		}
		if hard {
			v = math.Copysign(1, v)
		}
		return mix(a, b, 0.5+v/2, func() float64 { return 0 })
	})
}

// doodles are strokes of one colour on another.
func doodles(p *image.RGBA, r *rand.Rand) {
	ink, paper := color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}
	if r.IntN(3) == 0 {
		ink, paper = anyColour(r), anyColour(r)
	}
	fill(p, paper)
	thick := 1 + r.IntN(5)
	for range 1 + r.IntN(8) {
		x, y, turn := r.Float64()*drawnSide, r.Float64()*drawnSide, r.Float64()*2*math.Pi
		for bend := r.NormFloat64() * 0.05; r.IntN(150) > 0; turn += bend {
			x, y = x+math.Cos(turn), y+math.Sin(turn)
			dot := image.Rect(int(x), int(y), int(x)+thick, int(y)+thick)
			draw.Draw(p, dot.Intersect(p.Bounds()), image.NewUniform(ink), image.Point{}, draw.Src)
		}
	}
}

// writing is a page or a screen full of words.
func writing(p *image.RGBA, r *rand.Rand) {
	ink, paper := color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}
	switch r.IntN(3) {
	case 0:
		ink, paper = paper, color.RGBA{30, 30, 36, 255}
	case 1:
		ink, paper = anyColour(r), anyColour(r)
	}
	fill(p, paper)
	size := 7 + r.Float64()*20
	d := font.Drawer{Dst: p, Src: image.NewUniform(ink), Face: face(size, r)}
	indent := r.IntN(30)
	for y := size + float64(r.IntN(30)); y < drawnSide; y += size * 1.3 {
		d.Dot = fixed.P(indent, int(y))
		d.DrawString(line(r, 3+r.IntN(60)))
	}
}

// face is a font with letters of one width, or of their own, at a size in pixels.
func face(size float64, r *rand.Rand) font.Face {
	file := goregular.TTF
	if r.IntN(2) == 0 {
		file = gomono.TTF
	}
	f, err := opentype.Parse(file)
	if err != nil {
		panic(err) // part of the program
	}
	c, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		panic(err)
	}
	return c
}

// line are words of any letters.
func line(r *rand.Rand, letters int) string {
	var b strings.Builder
	for range letters {
		b.WriteByte("eeetaoinshrdlu  tionsa.,ABC019(){}=  "[r.IntN(37)])
	}
	return b.String()
}

// each paints every pixel by its place, −1 to 1 from left to right and from above to below.
func each(p *image.RGBA, paint func(x, y float64) color.RGBA) {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	for i := range w * h {
		p.SetRGBA(i%w, i/w, paint(2*float64(i%w)/float64(w)-1, 2*float64(i/w)/float64(h)-1))
	}
}

// mix is between two colours by share, 0 to 1, with grain added to each of red, green and blue, cut to what 8 bits
// hold.
func mix(a, b color.RGBA, share float64, grain func() float64) color.RGBA {
	between := func(a, b uint8) uint8 {
		return uint8(min(max(float64(a)*(1-share)+float64(b)*share+grain(), 0), 255))
	}
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 255}
}
