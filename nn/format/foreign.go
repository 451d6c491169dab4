package format

import (
	"bytes"
	"strings"

	"wafer/nn/say"
)

// foreign are beginnings of files that are taken for model files, after spaces; tags in any case.
var foreign = []struct{ begins, is string }{
	{"\x89HDF\r\n\x1a\n", "an HDF5 file, such as Keras writes"},
	{"<!doctype html", html}, {"<html", html}, {"<!--", html}, {"<head", html},
	{"version https://git-lfs", "a Git LFS pointer: the file itself has to be fetched with git lfs pull"},
	{"GGUF", "a GGUF file"},
	{"\x89PNG", "a PNG picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"GIF8", "a GIF picture"},
	{"%PDF", "a PDF document"},
	{"\x1f\x8b", archive}, {"Rar!", archive}, {"7z\xbc\xaf", archive},
	{"\x93NUMPY", "a NumPy array"},
	{"\x00asm", "a WebAssembly module: what is exported cannot be read back, the .wafer file can"},
	{"\x80\x02", pickle}, {"\x80\x03", pickle}, {"\x80\x04", pickle}, {"\x80\x05", pickle},
	{"{", "a JSON document, such as a recipe"},
}

const (
	html    = "a web page, perhaps what a server answered in place of the file"
	archive = "an archive (7z, RAR, gzip or tar): unpack it first"
	pickle  = "a Python pickle, such as scikit-learn's models: it could run programs, and no code from files is run"
)

// packed are names in zip files that tell what they are.
var packed = []struct{ holds, is string }{
	{"/data.pkl", "a PyTorch checkpoint"},
	{"model.weights.h5", "a .keras file"},
	{".npy", "a file of NumPy arrays"},
	{"saved_model.pb", "a packed TensorFlow SavedModel"},
	{".wafer", "a zip file with a .wafer file in it: unpack it first"},
}

// notOurs says what a file is that is no .wafer file.
func notOurs(file []byte) error {
	return say.Errorf("model file: is not a .wafer file: %w", Kind(file))
}

// Kind is a clause about a file, "it is a PNG picture", for those who expected a model.
func Kind(file []byte) error {
	begin := bytes.TrimLeft(file[:min(len(file), 1024)], " \t\r\n\ufeff")
	switch {
	case len(file) == 0:
		return say.New("it is empty")
	case len(file) >= 8 && string(file[4:8]) == "TFL3":
		return itIs("a TFLite file")
	case len(file) > 9 && file[8] == '{' && file[6] == 0 && file[7] == 0:
		return itIs("a safetensors file")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return itIs(zipped(file))
	case isONNX(file):
		return itIs("an ONNX file")
	case Is(file):
		return itIs("a .wafer file already")
	case bytes.HasPrefix([]byte(magic), file):
		return say.New("it is cut short")
	case len(file) > 262 && string(file[257:262]) == "ustar":
		return itIs(archive)
	}
	for _, f := range foreign {
		n := len(f.begins)
		if len(begin) >= n && (string(begin[:n]) == f.begins || f.begins[0] == '<' &&
			strings.EqualFold(string(begin[:n]), f.begins)) {
			return itIs(f.is)
		}
	}
	return say.Errorf("it begins with %q", file[:min(len(file), len(magic))])
}

func itIs(what string) error { return say.Errorf("it is %s", what) }

// zipped tells a zip file by the names at its beginning and at its end, where its directory is.
func zipped(file []byte) string {
	const look = 64 << 10
	ends := [2][]byte{file[:min(len(file), look)], file[max(0, len(file)-look):]}
	for _, p := range packed {
		if bytes.Contains(ends[0], []byte(p.holds)) || bytes.Contains(ends[1], []byte(p.holds)) {
			return p.is
		}
	}
	return "a zip file"
}

// isONNX tells a ModelProto: a version of the format as its first field, then the name of the program that wrote it.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
func isONNX(file []byte) bool {
	if len(file) < 6 || file[0] != 0x08 || file[1] == 0 || file[1] > 0x20 || file[2] != 0x12 {
		return false
	}
	name := file[4:min(len(file), 4+int(file[3]))]
	return len(name) > 0 && bytes.IndexFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
