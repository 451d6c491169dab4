//go:build served

package run

// script is empty: who builds with the tag served loads run.js before the program.
const script = ""
