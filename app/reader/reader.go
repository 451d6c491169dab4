// Package reader answers the page's questions about files: what is in tables, folders and archives, by package data,
// and what is in model files of other tools, by package convert. In the browser it runs in a Web Worker of its own,
// which is started when the first such file comes.
package reader

import (
	"wafer/app/bridge"
	"wafer/nn/context"
)

// Handler answers bridge.Read, bridge.Bundle, bridge.Convert, bridge.Inspect and bridge.Weigh.
func Handler() func(m bridge.Message, buffers [][]byte, send bridge.Send) {
	h := bridge.Handlers{}
	bridge.Handle(h, bridge.Read, read)
	bridge.Handle(h, bridge.Bundle, bundle)
	bridge.Handle(h, bridge.Convert, turn)
	bridge.Handle(h, bridge.Inspect, inspect)
	bridge.Handle(h, bridge.Weigh, weigh)
	return func(m bridge.Message, buffers [][]byte, send bridge.Send) {
		h.Answer(context.Background(), m, buffers, send)
	}
}
