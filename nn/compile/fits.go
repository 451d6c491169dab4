package compile

import (
	"wafer/nn/plan"
	"wafer/nn/say"
)

// most is the memory that a module can have: addresses have 32 bits.
const most = 1 << 32

// Fits says in a sentence why a plan cannot be compiled for so many threads: it takes more memory than there are
// addresses.
func Fits(p *plan.Plan, threads int) error {
	need := p.Bytes(threads)
	for _, list := range [][]plan.Leaf{p.Params, p.Consts} {
		for _, l := range list {
			need += 4 * int64(l.Shape.Size())
		}
	}
	if need > most {
		return say.Errorf("its network needs %d MB of memory, a WebAssembly module has %d MB at most", need>>20,
			most>>20)
	}
	return nil
}
