//go:build race

package trainertest

// Long is a number of epochs that take about a second under the race detector.
const Long = 50
