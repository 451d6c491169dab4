// Package browser is what the page needs of a browser beside the messages to its
// worker: files that were chosen, dropped or pasted, the drawing pad, promises,
// the keyboard's focus, short texts that are kept. Outside a browser its native
// twins do nothing.
package browser

// A File is a picture or a text that a person chose, dropped or pasted. Its
// bytes stay where they are until somebody reads them.
type File struct {
	Name string
	Path string // with the folders above it when a folder was chosen, else ""
	Type string // media type as the browser guesses it, "" if it does not
	Size int64
	data Buffer
}

// NewFile makes a File of bytes in memory.
func NewFile(name, mediaType string, data []byte) File {
	return File{Name: name, Type: mediaType, Size: int64(len(data)), data: Bytes(data)}
}

// Read brings the bytes of the file into Go's memory. It blocks: call it from a
// goroutine of its own.
func (f File) Read() ([]byte, error) { return f.data.Read() }

// Buffer returns the bytes as they go to the worker, without reading them here.
func (f File) Buffer() Buffer { return f.data }

// Intake is what was dropped on the page or pasted into it.
type Intake struct {
	Files  []File
	Text   string
	Target string // data-drop of the nearest element around the pointer that has one
	Pasted bool
	Early  bool // before the page's program ran: Target was rendered without knowing what is kept here
}

// Blob returns the browser's Blob or File (a js.Value) that holds the bytes, or
// nil when they are in Go's memory.
func (f File) Blob() any { return f.data.blob }
