//go:build !(goexperiment.simd && go1.27)

package native

func filterVectors2(u, g *lines) int { return 0 }
func imageVectors2(v, d *lines) int  { return 0 }
func resultVectors2(y, m *lines) int { return 0 }
func filterVectors4(u, g *lines) int { return 0 }
func imageVectors4(v, d *lines) int  { return 0 }
func resultVectors4(y, m *lines) int { return 0 }
