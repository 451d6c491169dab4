// Package static holds every file that Wafer ships beside its programs: style
// sheets, scripts, icons, samples, recipes, trained models, and (once make has
// run) the built page under site/.
package static

import "embed"

// Files has all of them, by their path below static/. site/ holds nothing but a
// .gitignore in a fresh clone, so that plain go build and go test work before make.
//
//go:embed all:*
var Files embed.FS
