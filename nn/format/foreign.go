package format

import (
	"bytes"
	"fmt"
	"strings"
)

// foreign are beginnings of files that are taken for model files, after spaces; tags in any case.
var foreign = []struct{ begins, is string }{
	{"\x89HDF\r\n\x1a\n", "an HDF5 file, such as Keras writes"},
	{"PK\x03\x04", "a zip file, such as a .keras file, a PyTorch checkpoint or packed data"},
	{"<!doctype html", "a page of HTML: perhaps what a server answered in place of the file"},
	{"<html", "a page of HTML: perhaps what a server answered in place of the file"},
	{"version https://git-lfs", "a Git LFS pointer: the file itself has to be fetched with git lfs pull"},
	{"GGUF", "a GGUF file"},
	{"\x89PNG", "a PNG picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"\x1f\x8b", "a gzip file: unpack it first"},
	{"\x80\x02", "a Python pickle, such as an old PyTorch checkpoint"},
	{"{", "a JSON document, such as a recipe"},
}

// notOurs says what a file is that is no .wafer file.
func notOurs(file []byte) error {
	begin := bytes.TrimLeft(file[:min(len(file), 1024)], " \t\r\n\ufeff")
	what := fmt.Sprintf("it should begin with %q, found %q", magic, file[:min(len(file), len(magic))])
	switch {
	case len(file) == 0:
		what = "it is empty"
	case len(file) >= 8 && string(file[4:8]) == "TFL3":
		what = "it is a TFLite file"
	case len(file) > 9 && file[8] == '{' && file[6] == 0 && file[7] == 0:
		what = "it is a safetensors file"
	}
	for _, f := range foreign {
		n := len(f.begins)
		if len(begin) >= n && (string(begin[:n]) == f.begins || f.begins[0] == '<' && strings.EqualFold(string(begin[:n]), f.begins)) {
			what = "it is " + f.is
			break
		}
	}
	return fmt.Errorf("model file: is not a .wafer file: %s", what)
}
