package browser

// A Buffer is bytes on their way to the worker. On the page they may still lie
// in a file of the disk: the browser hands the file over and the worker reads
// it, so the main thread never does.
type Buffer struct {
	data []byte
	blob any // js.Value of a Blob or File; nil when data holds the bytes
}

// Bytes makes a Buffer of bytes that Go holds.
func Bytes(b []byte) Buffer { return Buffer{data: b} }

// Data returns the bytes that Go holds, nil when a browser's Blob has them.
func (b Buffer) Data() []byte { return b.data }

// Blob makes a Buffer of a browser's Blob or File (a js.Value).
func Blob(v any) Buffer { return Buffer{blob: v} }

// Blob returns the browser's Blob or File (a js.Value) that holds the bytes, nil when Go holds them.
func (b Buffer) Blob() any { return b.blob }
