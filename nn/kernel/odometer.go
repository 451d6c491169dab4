package kernel

// stream is an address that follows a nest of loops: base + offset, and strides bytes
// more for each turn of a loop.
type stream struct {
	base    Local
	offset  int
	strides []int
}

// odometer runs body for every unit Lo ≤ u < Hi of a nest of loops, outermost first,
// with the address of each stream and the turn of each loop.
func (k *Emitter) odometer(lengths []int, streams []stream, body func(u Local, at, turn []Local)) {
	o := odometer{k: k, lengths: lengths, streams: streams}
	for _, s := range streams {
		at := k.I32()
		k.Sum(L(s.base), C(s.offset))
		k.Set(at)
		o.at = append(o.at, at)
	}
	for range lengths {
		o.turn = append(o.turn, k.I32())
	}
	u := k.I32()
	o.start(u)
	k.For(u, L(k.Lo), L(k.Hi), 1, func() {
		body(u, o.at, o.turn)
		if last := len(lengths) - 1; last >= 0 {
			o.next(last, func(s stream) int { return s.strides[last] })
		}
	})
	k.FreeI32(u)
	k.FreeI32(o.at...)
	k.FreeI32(o.turn...)
}

type odometer struct {
	k        *Emitter
	lengths  []int
	streams  []stream
	at, turn []Local
}

// start goes to unit Lo; rest is a spare local.
func (o *odometer) start(rest Local) {
	k := o.k
	k.SetInt(rest, L(k.Lo))
	for d := len(o.lengths) - 1; d >= 0; d-- {
		k.Get(rest)
		if d > 0 {
			k.I32Const(int32(o.lengths[d]))
			k.I32RemU()
		}
		k.Set(o.turn[d])
		for i, s := range o.streams {
			k.Address(o.at[i], L(o.at[i]), L(o.turn[d]), s.strides[d])
		}
		if d > 0 {
			k.Get(rest)
			k.I32Const(int32(o.lengths[d]))
			k.I32DivU()
			k.Set(rest)
		}
	}
}

// next moves loop d on by one turn, the streams by so many bytes.
func (o *odometer) next(d int, by func(s stream) int) {
	k := o.k
	for i, s := range o.streams {
		k.AddTo(o.at[i], C(by(s)))
	}
	k.AddTo(o.turn[d], C(1))
	if d == 0 {
		return
	}
	k.When(func() { k.Get(o.turn[d]); k.I32Const(int32(o.lengths[d])); k.I32Eq() }, func() {
		k.SetInt(o.turn[d], C(0))
		o.next(d-1, func(s stream) int { return s.strides[d-1] - o.lengths[d]*s.strides[d] })
	})
}

// eachRow is the odometer over rows of so many floats, one stream for each base.
func (k *Emitter) eachRow(floats int, bases []Local, body func(at []Local)) {
	var streams []stream
	for _, b := range bases {
		streams = append(streams, stream{b, 0, []int{4 * floats}})
	}
	k.odometer([]int{1 << 30}, streams, func(_ Local, at, _ []Local) { body(at) })
}

// Loop is one loop of a nest: Length turns, Stride floats apart.
type Loop struct{ Length, Stride int }

// nest runs body for each turn of all loops, outermost first, with its offset in bytes.
func (k *Emitter) nest(loops []Loop, body func(offset Local)) {
	zero := k.I32()
	k.SetInt(zero, C(0))
	k.nestFrom(zero, loops, body)
	k.FreeI32(zero)
}

func (k *Emitter) nestFrom(offset Local, loops []Loop, body func(offset Local)) {
	if len(loops) == 0 {
		body(offset)
		return
	}
	i, inner := k.I32(), k.I32()
	k.SetInt(inner, L(offset))
	k.For(i, C(0), C(loops[0].Length), 1, func() {
		k.nestFrom(inner, loops[1:], body)
		k.AddTo(inner, C(4*loops[0].Stride))
	})
	k.FreeI32(i, inner)
}
