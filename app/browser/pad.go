package browser

// PadSide is the width and height of a drawing in pixels: ten times the 28 that
// the drawing models see, so that strokes are smooth when they are made smaller.
const PadSide = 280

// padStroke is the width of a stroke in pixels: about two of the 28.
const padStroke = 22

type point struct{ x, y float64 }
