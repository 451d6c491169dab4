// Package writer answers the page's requests for files of other tools, by package convert, and for figures and drawings
// of how a model does, by package report. In the browser it runs in a
// Web Worker of its own, which is started when the first such file is asked for.
package writer

import (
	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/convert"
	"wafer/nn/say"
)

// Handler answers bridge.ExportAs and bridge.Judge.
func Handler() func(m bridge.Message, buffers [][]byte, send bridge.Send) {
	h := bridge.Handlers{}
	bridge.Handle(h, bridge.ExportAs, export)
	bridge.Handle(h, bridge.Judge, judge)
	return func(m bridge.Message, buffers [][]byte, send bridge.Send) {
		h.Answer(context.Background(), m, buffers, send)
	}
}

func export(a bridge.Asked[bridge.None], q bridge.ExportAsRequest) (bridge.None, [][]byte, error) {
	n := len(a.Buffers)
	if n != 1 && n != 2 {
		return bridge.None{}, nil, say.Errorf("There are %d names for %d files.", 1, n)
	}
	file, err := convert.Export(a.Buffers[0], convert.ExportOptions{Format: q.Format, Weights: q.Weights,
		Find: func(string) ([]byte, error) { return a.Buffers[n-1], nil }})
	return bridge.None{}, [][]byte{file}, err
}
