//go:build race

package trainertest

// Long is a number of epochs that take some tenths of a second under the race detector.
const Long = 25
