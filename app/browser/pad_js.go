package browser

import (
	"syscall/js"

	"wafer/wasm/promise"
)

// Pad lets a person draw on a <canvas>: white strokes on black, by mouse, pen or
// touch. It draws outside the page's own rendering, so the line keeps up with
// the hand.
type Pad struct {
	canvas, context js.Value
	strokes         [][]point
	pointer         int // which finger draws, -1 between strokes
	changed         func()
	funcs           []js.Func
	events          []string
}

// NewPad takes over the canvas with this id and calls changed after every stroke,
// undo and clear. It returns nil if there is no such canvas.
func NewPad(id string, changed func()) *Pad {
	canvas := element(id)
	if !canvas.Truthy() {
		return nil
	}
	canvas.Set("width", PadSide)
	canvas.Set("height", PadSide)
	p := &Pad{canvas: canvas, changed: changed, pointer: -1,
		context: canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true})}
	p.on("pointerdown", p.down)
	p.on("pointermove", p.move)
	p.on("pointerup", p.up)
	p.on("pointercancel", p.up)
	p.redraw()
	return p
}

// Empty says whether nothing is drawn.
func (p *Pad) Empty() bool { return p == nil || len(p.strokes) == 0 }

// Undo takes the last stroke back.
func (p *Pad) Undo() {
	if p.Empty() {
		return
	}
	p.keep(p.strokes[:len(p.strokes)-1])
}

// Clear takes all strokes back.
func (p *Pad) Clear() {
	if p.Empty() {
		return
	}
	p.keep(nil)
}

// keep shows other strokes. A stroke that is being drawn ends.
func (p *Pad) keep(strokes [][]point) {
	p.pointer = -1
	p.strokes = strokes
	p.redraw()
	p.changed()
}

// Pixels returns the drawing as PadSide×PadSide RGBA bytes.
func (p *Pad) Pixels() []byte {
	image := p.context.Call("getImageData", 0, 0, PadSide, PadSide)
	b := make([]byte, 4*PadSide*PadSide)
	js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(image.Get("data").Get("buffer")))
	return b
}

// Take empties the pad at once. file waits for what was drawn, as a PNG; restore
// puts the drawing back.
func (p *Pad) Take() (file func() ([]byte, error), restore func()) {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.canvas.Call("toBlob", args[0], "image/png") // of what is on the canvas now
		return nil
	})
	blob := js.Global().Get("Promise").New(executor)
	executor.Release()
	strokes := p.strokes
	p.Clear()
	return func() ([]byte, error) { return pngOf(blob) }, func() { p.keep(append(strokes, p.strokes...)) }
}

// pngOf waits for the bytes of a promised Blob.
func pngOf(picture js.Value) ([]byte, error) {
	blob, err := promise.Await(picture)
	if err != nil {
		return nil, err
	}
	buffer, err := promise.Await(blob.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	return CopyOf(buffer), nil
}

// Image returns an address (data:…) of the drawing for <img>.
func (p *Pad) Image() string { return p.canvas.Call("toDataURL", "image/png").String() }

// Close lets go of the canvas.
func (p *Pad) Close() {
	if p == nil {
		return
	}
	for i, f := range p.funcs {
		p.canvas.Call("removeEventListener", p.events[i], f)
		f.Release()
	}
}

func (p *Pad) on(event string, do func(js.Value)) {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	})
	p.funcs, p.events = append(p.funcs, f), append(p.events, event)
	p.canvas.Call("addEventListener", event, f)
}

func (p *Pad) down(e js.Value) {
	if p.pointer >= 0 || e.Get("button").Int() != 0 {
		return
	}
	e.Call("preventDefault")
	p.pointer = e.Get("pointerId").Int()
	p.canvas.Call("setPointerCapture", p.pointer)
	at := p.at(e)
	p.strokes = append(p.strokes, []point{at, at})
	p.draw(at, at)
}

func (p *Pad) move(e js.Value) {
	if p.pointer != e.Get("pointerId").Int() {
		return
	}
	moves := []js.Value{e}
	if e.Get("getCoalescedEvents").Type() == js.TypeFunction {
		if all := e.Call("getCoalescedEvents"); all.Length() > 0 {
			moves = moves[:0]
			for i := range all.Length() {
				moves = append(moves, all.Index(i))
			}
		}
	}
	stroke := &p.strokes[len(p.strokes)-1]
	for _, m := range moves {
		to := p.at(m)
		p.draw((*stroke)[len(*stroke)-1], to)
		*stroke = append(*stroke, to)
	}
}

func (p *Pad) up(e js.Value) {
	if p.pointer != e.Get("pointerId").Int() {
		return
	}
	p.pointer = -1
	p.changed()
}

// at turns the place of an event into pixels of the drawing.
func (p *Pad) at(e js.Value) point {
	box := p.canvas.Call("getBoundingClientRect")
	return point{
		(e.Get("clientX").Float() - box.Get("left").Float()) * PadSide / box.Get("width").Float(),
		(e.Get("clientY").Float() - box.Get("top").Float()) * PadSide / box.Get("height").Float(),
	}
}

func (p *Pad) draw(from, to point) {
	c := p.context
	c.Set("strokeStyle", "#fff")
	c.Set("lineWidth", padStroke)
	c.Set("lineCap", "round")
	c.Set("lineJoin", "round")
	c.Call("beginPath")
	c.Call("moveTo", from.x, from.y)
	c.Call("lineTo", to.x, to.y)
	c.Call("stroke")
}

func (p *Pad) redraw() {
	p.context.Set("fillStyle", "#000")
	p.context.Call("fillRect", 0, 0, PadSide, PadSide)
	for _, s := range p.strokes {
		for i := 1; i < len(s); i++ {
			p.draw(s[i-1], s[i])
		}
	}
}
