//go:build !served

package run

import _ "embed"

//go:embed run.js
var script string
