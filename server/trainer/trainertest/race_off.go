//go:build !race

package trainertest

// Long is a number of epochs that take about a second.
const Long = 200
