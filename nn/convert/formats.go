package convert

import (
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

// unknown says what a file is that cannot be converted.
func unknown(file []byte) error {
	list := formats[0].name
	for _, f := range formats[1:] {
		list += ", " + f.name
	}
	return say.Errorf("convert: expected a model file (%s), but %w", list, format.Kind(file))
}
