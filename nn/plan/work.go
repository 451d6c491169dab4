package plan

import "wafer/nn/graph"

// What a step takes beside its operands and results while it runs: frames, taps, packed panels,
// transformed tiles, blocks of a chain. Executors keep to these numbers.
const (
	// FrameElements are laid out in a frame at a time, at least one line of the result's worth:
	// half of a second-level cache. FrameRows is how many rows a product should have, since it
	// packs the kernel anew; so many small images are laid out together.
	FrameElements = 1 << 16
	FrameRows     = 512
	// WinogradElements may have the transformed tiles of a block, 4 MB, but there are at least
	// WinogradTiles of them, since a block reads all of the transformed kernel.
	WinogradElements = 1 << 20
	WinogradTiles    = 128
	// ChainBlock is how many elements of a chain are worked on at a time.
	ChainBlock = 1024

	// WorkSlack is for the pieces of a thread's scratch, 16 at most: each may begin at a multiple of align elements.
	WorkSlack = 16 * align
	// Sequences go through a recurrent layer together.
	Sequences = 64

	slotLen   = 12   // of the two slices that an executor keeps for a slot of a chain
	stepBytes = 2048 // that an executor keeps of a step: its operands, its function

	panelRows, panelColumns = 256, 512 // of the right operand of a product that are packed at a time
	panelSlack              = 64       // columns of the widest tiles
	elementsPerTap          = 16       // two numbers of 64 bits for the tap and as many for its run, twice
)

// Bytes is what running the plan takes on so many threads, beside parameters and constants:
// the arena, prepared values, inputs, each thread's scratch and the steps themselves.
func (p *Plan) Bytes(threads int) int64 {
	n := int64(p.ArenaLen) + int64(p.PreparedLen) + int64(threads)*int64(p.WorkLen()+slotLen*p.Slots())
	for _, in := range p.Inputs {
		n += int64(in.Shape.Size())
	}
	return 4*n + stepBytes*int64(len(p.Steps)+len(p.Prepare))
}

// WorkLen is the scratch that a thread takes at most, in elements.
func (p *Plan) WorkLen() int {
	most := 0
	for _, steps := range [][]Step{p.Prepare, p.Steps} {
		for i := range steps {
			most = max(most, p.work(&steps[i]))
		}
	}
	if most > 0 {
		most += WorkSlack
	}
	return most
}

// Slots is how many slots the chain with most of them has.
func (p *Plan) Slots() int {
	most := 0
	for _, steps := range [][]Step{p.Prepare, p.Steps} {
		for i := range steps {
			if c := steps[i].Chain; c != nil {
				most = max(most, len(c.Operands)+len(c.Outputs)+c.Temps)
			}
		}
	}
	return most
}

// work is the scratch of a step on one thread, in elements.
func (p *Plan) work(s *Step) int {
	if s.Chain != nil {
		return p.chainWork(s.Chain)
	}
	in := func(i int) []int { return p.Values[s.In[i]].Shape }
	switch s.Op {
	case graph.MatMul:
		a, out := p.Values[s.In[0]].Shape, p.Values[s.Out[0]].Shape
		k := a.Last()
		if s.Attr.(graph.MatMulAttr).TransA {
			k = a[len(a)-2]
		}
		return ProductWork(k, out.Last()) + elementsPerTap
	case graph.Conv2D, graph.Conv2DGradInput, graph.Conv2DGradFilter, graph.DepthwiseConv2D,
		graph.DepthwiseConv2DGradInput, graph.DepthwiseConv2DGradFilter,
		graph.MaxPool, graph.MaxPoolGrad, graph.AvgPool, graph.AvgPoolGrad:
		return p.Conv(s).Work(s.Op)
	case graph.WinogradConv2D:
		return p.Conv(s).WinogradWork(s.Attr.(graph.Winograd))
	case graph.WinogradFilter:
		side, k := s.Attr.(graph.Winograd).Side(), in(0)
		return 3*side*k[3] + k[2]*k[3]
	case graph.LayerNorm, graph.LayerNormGradInput, graph.LayerNormGradScale:
		return 2 * p.Values[s.In[0]].Shape.Last()
	case graph.LSTM, graph.GRU, graph.LSTMGrad, graph.GRUGrad:
		h, gates := in(1)[0], in(1)[1]
		return min(s.Units, Sequences)*(gates+2*h) + 2*(h+panelSlack)*(gates+panelSlack) + 6*h
	}
	return 0
}

// chainWork are the blocks of temporaries and of operands that are spread out.
func (p *Plan) chainWork(c *Chain) int {
	block := min(ChainBlock, c.N)
	n := c.Temps * block
	for _, o := range c.Operands {
		switch o.Kind {
		case Scalar, Strided:
			n += block
		case Row:
			n += block + p.Values[o.Value].Shape.Size()
		}
	}
	return n
}

// ProductWork are the packed panels of a right operand [k,n].
func ProductWork(k, n int) int {
	return min(k, panelRows) * (min(n, panelColumns) + 2*panelSlack)
}

// Work is the scratch of a convolution, a pooling or the gradient of one.
func (c Conv) Work(op graph.Op) int {
	taps := elementsPerTap * c.Kernel[0] * c.Kernel[1]
	switch op {
	case graph.Conv2D:
		return c.frameWork(c.Forward(), c.OH, c.OW, c.Stride[0]) + taps + ProductWork(c.Kernel[0]*c.Kernel[1]*c.CI,
			c.CO)
	case graph.Conv2DGradInput:
		kernel := c.Kernel[0] * c.Kernel[1] * c.CI * c.CO // with both channel axes exchanged
		return c.frameWork(c.Backward(), c.H, c.W, 1) + kernel + taps + ProductWork(c.Kernel[0]*c.Kernel[1]*c.CO, c.CI)
	case graph.Conv2DGradFilter:
		lines := elementsPerTap * c.N * c.OH
		return c.frameWork(c.Forward(), c.OH, c.OW, c.Stride[0]) + lines + ProductWork(c.N*c.OH*c.OW, c.CO) +
			panelRows*(c.Kernel[0]*c.Kernel[1]*c.CI+panelSlack)
	case graph.DepthwiseConv2D, graph.DepthwiseConv2DGradFilter:
		return c.frameWork(c.Forward(), c.OH, c.OW, c.Stride[0]) + taps
	case graph.DepthwiseConv2DGradInput:
		return c.frameWork(c.Backward(), c.H, c.W, 1) + taps
	}
	return taps
}

// frameWork is what of frames f is laid out at a time, for results of tall lines of wide pixels,
// each of which sees lines from stride to stride on.
func (c Conv) frameWork(f Frame, tall, wide, stride int) int {
	if f.Own() {
		return 0
	}
	size := max(f.Size(), 1)
	if group := max(FrameElements/size, FrameRows/max(tall*wide, 1)); group > 0 {
		return min(group, c.N) * size
	}
	rows := max((FrameElements/max(f.Wide*f.C, 1)-c.Reach(0))/stride+1, 1)
	return min(((rows-1)*stride+c.Reach(0))*f.Wide*f.C, size)
}

// WinogradWork are the transformed tiles of a block, before and after their products.
func (c Conv) WinogradWork(a graph.Winograd) int {
	t2, wide := a.Side()*a.Side(), a.Tiles(c.OW)
	tiles := min(max(WinogradElements/(t2*(c.CI+c.CO)), WinogradTiles), c.N*a.Tiles(c.OH)*wide)
	half := a.Side() * max((wide*a.Tile+2)*c.CI, a.Tile*c.CO)
	return half + t2*tiles*(c.CI+c.CO) + (c.W+1)*c.CI + c.CO + ProductWork(c.CI, c.CO)
}
