package convert

import (
	"bytes"

	"wafer/nn/format"
	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/task"
)

// reader is a kind of files. Both faces read with the same parser.
type reader struct {
	name      string
	recognise func(foreign.Files) bool
	inspect   func(foreign.Files) (task.Outline, error)
	load      func(foreign.Files, Options) (*foreign.Network, error)
}

// formats in the order in which they are tried. Pointers need no code at a program's start, so that one without readers
// leaves them out.
var formats = []*reader{&huggingfaceFormat, &tfliteFormat, &onnxFormat, &tfjsFormat, &safetensorsFormat, &torchFormat,
	&kerasFormat, &numpyFormat, &fasttextFormat, &wordvectorsFormat}

// Inspect tells what is in the files that were given together, without taking memory for weights. Names are cleaned.
func Inspect(files foreign.Files) (o task.Outline, err error) {
	if len(files) == 1 && format.Is(files[0].Data) {
		o, err = outlineOf(files[0].Data)
		return shown(o), err
	}
	f, files, err := find(files)
	if err != nil {
		return o, err
	}
	o, err = f.inspect(files)
	return shown(o), err
}

// find is the format of the files, and the files themselves: those of an archive where a single one was given that
// is no model in itself.
func find(files foreign.Files) (*reader, foreign.Files, error) {
	if f, ok := recognised(files); ok {
		return f, files, nil
	}
	if len(files) == 1 && foreign.IsZip(files[0].Data) {
		unpacked, err := foreign.Unzip(files[0].Data, 0)
		if err != nil {
			return nil, nil, say.Errorf("convert: %w", err)
		}
		if f, ok := recognised(unpacked); ok {
			return f, unpacked, nil
		}
		return nil, nil, say.Errorf("convert: none of the %d files in the archive is a model that is known",
			len(unpacked))
	}
	if len(files) != 1 {
		return nil, nil, say.Errorf("convert: none of the %d files is a model that is known", len(files))
	}
	return nil, nil, unknown(files[0].Data)
}

func recognised(files foreign.Files) (*reader, bool) {
	for _, f := range formats {
		if f.recognise(files) {
			return f, true
		}
	}
	return nil, false
}

// unknown says what a file is that cannot be converted, for what people commonly drop.
func unknown(file []byte) error {
	start := bytes.ToLower(bytes.TrimSpace(file[:min(len(file), 64)]))
	what := say.Errorf("it begins with %q", file[:min(len(file), 8)])
	switch {
	case len(file) == 0:
		what = say.New("it is empty")
	case bytes.HasPrefix(file, []byte("7z\xbc\xaf")), bytes.HasPrefix(file, []byte("Rar!")),
		bytes.HasPrefix(file, []byte("\x1f\x8b")), len(file) > 262 && string(file[257:262]) == "ustar":
		what = say.New("it is an archive (7z, RAR, gzip or tar): unpack it first")
	case bytes.HasPrefix(file, []byte("\x80\x02")), bytes.HasPrefix(file, []byte("\x80\x03")),
		bytes.HasPrefix(file, []byte("\x80\x04")), bytes.HasPrefix(file, []byte("\x80\x05")):
		what = say.New("it is a Python pickle, which could run programs: Wafer runs no code from files")
	case format.Is(file):
		what = say.New("it is a .wafer file already")
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		what = say.New("it is a web page, perhaps the one that should have led to the file")
	case bytes.HasPrefix(start, []byte("version https://git-lfs")):
		what = say.New("it is a Git LFS pointer, not the file that it points to")
	case bytes.HasPrefix(start, []byte("{")):
		what = say.New("it is JSON")
	}
	list := formats[0].name
	for _, f := range formats[1:] {
		list += ", " + f.name
	}
	return say.Errorf("convert: expected a model file (%s), but %w", list, what)
}
