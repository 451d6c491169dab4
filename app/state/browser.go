package state

import "wafer/app/bridge"

// What pages need of the browser; see package bridge.
var (
	Focus    = bridge.Focus
	Reveal   = bridge.Reveal
	Isolated = bridge.Isolated
	OnIntake = bridge.OnIntake
	NewPad   = bridge.NewPad
	FilesIn  = bridge.FilesIn
	Choose   = bridge.Choose
	Download = bridge.Download
	Origin   = bridge.Origin
	OpenOver = bridge.OpenOver
)
