//go:build !js

package browser

import (
	"errors"
	"time"
)

// The native twins let pages be rendered and tested outside a browser: nothing
// is kept, dropped or drawn there.

var errNoBrowser = errors.New("this needs a browser")

// Read returns the bytes.
func (b Buffer) Read() ([]byte, error) { return b.data, nil }

// URL returns "": there is no browser to resolve it.
func (f File) URL() string { return "" }

// Release does nothing.
func Release(string) {}

// FilesIn returns nil.
func FilesIn(string) []File { return nil }

// Choose does nothing.
func Choose(string) {}

// Fetch returns an error.
func Fetch(string, string) (File, error) { return File{}, errNoBrowser }

// Request returns an error.
func Request(string, string, map[string]string, any, time.Duration) (int, []byte, error) {
	return 0, nil, errNoBrowser
}

// Download does nothing.
func Download(string, string, []byte) {}

// DownloadPNG does nothing.
func DownloadPNG(string, string, int, int) {}

// DownloadParts does nothing.
func DownloadParts(string, string, []Buffer) {}

// OnIntake does nothing.
func OnIntake(func(Intake)) func() { return func() {} }

// Pad is never made outside a browser.
type Pad struct{}

// NewPad returns nil.
func NewPad(string, func()) *Pad { return nil }

func (p *Pad) Empty() bool    { return true }
func (p *Pad) Undo()          {}
func (p *Pad) Clear()         {}
func (p *Pad) Pixels() []byte { return nil }
func (p *Pad) Take() (file func() ([]byte, error), restore func()) {
	return func() ([]byte, error) { return nil, errNoBrowser }, func() {}
}
func (p *Pad) Image() string { return "" }
func (p *Pad) Close()        {}

// Kept returns "".
func Kept(string) string { return "" }

// Keep does nothing.
func Keep(string, string) {}

// KeepOffline does nothing.
func KeepOffline(string, string) {}

// Persist knows of no answer.
func Persist() (granted, known bool) { return false, false }

// Persisted knows of no answer.
func Persisted() (granted, known bool) { return false, false }

// SetRoot does nothing.
func SetRoot(string, string) {}

// Language returns "".
func Language() string { return "" }

// Isolated returns true, so that no note about threads is rendered ahead.
func Isolated() bool { return true }

// Memory returns 0: unknown.
func Memory() float64 { return 0 }

// TooOld returns false, so that no complaint is rendered ahead.
func TooOld() bool { return false }

// Focus does nothing.
func Focus(string) {}

// FocusSoon does nothing.
func FocusSoon(string) {}

// Typing is false.
func Typing() bool { return false }

// Reveal does nothing.
func Reveal(string) {}

// OpenFold does nothing.
func OpenFold(string) {}

// RevealTop does nothing.
func RevealTop(string) {}

// Origin returns "".
func Origin() string { return "" }

// OpenOver does nothing.
func OpenOver(string) {}

// Camera is never opened outside a browser.
type Camera struct{}

// OpenCamera finds no camera.
func OpenCamera(string, Facing) (*Camera, CameraTrouble) { return nil, CameraAbsent }

// Cameras returns 0.
func Cameras() int { return 0 }

func (c *Camera) Ended() bool                                { return true }
func (c *Camera) LooksAway() bool                            { return false }
func (c *Camera) Pixels() (pixels []byte, width, height int) { return nil, 0, 0 }
func (c *Camera) Take(string) (File, bool)                   { return File{}, false }
func (c *Camera) Close()                                     {}
