package grad

import "wafer/nn/graph"

func init() {
	rules[graph.WinogradFilter], rules[graph.WinogradConv2D] = onlyForward, onlyForward
}

// onlyForward refuses: what is differentiated is built of Conv2D.
func onlyForward(_ *builder, n, _ *graph.Node) {
	panic(&graph.Error{Op: n.Op, Name: n.Name,
		Reason: "has no gradient; graphs for training use " + graph.Conv2D.String()})
}
