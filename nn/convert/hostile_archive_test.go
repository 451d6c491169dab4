package convert

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/huggingface/hubtest"
)

// zipOf is an archive of names and contents, as they are given.
func zipOf(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// overlapping is an archive in which many names stand for the same packed bytes, each with a header of its own in the
// directory alone.
func overlapping(t *testing.T, names int) []byte {
	t.Helper()
	data := strings.Repeat("\x00", 1<<16)
	file := zipOf(t, "a", data)
	at := bytes.Index(file, []byte("PK\x01\x02"))
	entry := file[at:bytes.Index(file, []byte("PK\x05\x06"))]
	out := bytes.Clone(file[:at])
	for i := range names {
		e := bytes.Clone(entry)
		e[46] = byte('a' + i%26)
		binary.LittleEndian.PutUint16(e[28:], 3)
		out = append(append(out, e[:46]...), fmt.Sprintf("%03d", i)...)
	}
	size := len(out) - at
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(names))
	out = binary.LittleEndian.AppendUint16(out, uint16(names))
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = binary.LittleEndian.AppendUint32(out, uint32(at))
	return append(out, 0, 0)
}

// hostileArchives are numbers 49 to 52.
func hostileArchives(t *testing.T) []hostile {
	onnx := string(graphOf([]int64{1, 2}, nil, nodeOf("Relu", "y", "x"))[0].Data)
	differs := bytes.Replace(zipOf(t, "model.onnx", onnx), []byte("model.onnx"), []byte("other.onnx"), 1)
	lies := zipOf(t, "model.onnx", onnx)
	at := bytes.Index(lies, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lies[at+24:], uint32(len(onnx)*4))
	checked := zipOf(t, "model.onnx", onnx)
	at = bytes.Index(checked, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(checked[at+16:], crc32.ChecksumIEEE([]byte("other")))
	return []hostile{
		{"zip/bomb by ratio", one(zipOf(t, "a", strings.Repeat("\x00", 64<<20))), "zip archive", false},
		{"zip/bomb by overlap", one(overlapping(t, 900)), "zip archive", false},
		{"zip/name with ..", one(zipOf(t, "../model.onnx", onnx)), "leads out of the archive", false},
		{"zip/absolute name", one(zipOf(t, "/model.onnx", onnx)), "leads out of the archive", false},
		{"zip/name of Windows", one(zipOf(t, `C:\model.onnx`, onnx)), "leads out of the archive", false},
		{"zip/a name twice", one(zipOf(t, "model.onnx", onnx, "model.onnx", onnx)), "comes twice", false},
		{"zip/names that differ", one(differs), "zip archive", false},
		{"zip/size that is larger", one(lies), "zip archive", false},
		{"zip/wrong checksum", one(checked), "zip archive", false},
		{"zip/empty", one(zipOf(t)), "expected a model file", false},
	}
}

// hostileOthers are numbers 53 to 56: what people drop by mistake. It is said what it is.
func hostileOthers(*testing.T) []hostile {
	text := func(s string) foreign.Files { return one([]byte(s)) }
	return []hostile{
		{"any/a page", text("<!DOCTYPE html><html><body>404</body></html>"), "web page", false},
		{"any/a pointer", text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"), "Git LFS", false},
		{"any/JSON", text(`{"hello":"world"}`), "JSON", false},
		{"any/nothing", text(""), "empty", false},
		{"any/100,000 braces", text(strings.Repeat("{", 100_000)), "", false},
	}
}

// hostileBinaries are files of TFLite, fastText and Wafer whose numbers lie.
func hostileBinaries(t *testing.T) []hostile {
	lite := func(root uint32, rest ...byte) foreign.Files {
		return one(append(append(binary.LittleEndian.AppendUint32(nil, root), "TFL3"...), rest...))
	}
	words := func(list ...int32) foreign.Files {
		b := binary.LittleEndian.AppendUint32(nil, 793712314)
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		return one(append(b, make([]byte, 64)...))
	}
	wafer := readFile(t, "../../static/models/digits.wafer")
	longer, shorter := bytes.Clone(wafer), bytes.Clone(wafer[:len(wafer)/2])
	binary.LittleEndian.PutUint32(longer[12:], 1<<31)
	return []hostile{
		{"tflite/root beyond the end", lite(1 << 30), "TFLite file", false},
		{"tflite/table in itself", lite(8, 0xff, 0xff, 0xff, 0x7f, 8, 0, 0, 0), "TFLite file", false},
		{"tflite/nothing behind", lite(8), "TFLite file", false},
		{"fasttext/2^31 dimensions", words(12, 1<<30, 5, 20, 5, 1, 1, 1, 0, 2000000, 0, 0, 100, 0, 0), "", false},
		{"fasttext/negative sizes", words(12, -1, -1, -1, -1, 0, 3, 1, -1, -1, -1, -1, -1, -1, -1), "", false},
		{"wafer/header of 2 GB", one(longer), ".wafer", true},
		{"wafer/cut in the middle", one(shorter), ".wafer", true},
	}
}

// tfjsFiles is a layers model of one Dense layer, with a manifest.
func tfjsFiles(paths, weights string) foreign.Files {
	doc := fmt.Sprintf(`{"format":"layers-model","modelTopology":{"model_config":%s},"weightsManifest":[{"paths":[%s],"weights":[%s]}]}`,
		denseConfig, paths, weights)
	return foreign.Files{{Name: "m/model.json", Data: []byte(doc)}, {Name: "m/w.bin", Data: make([]byte, 24)}}
}

// hostileTFJS are numbers 60 to 62, and 10⁶ labels.
func hostileTFJS(t *testing.T) []hostile {
	const kernel, bias = `{"name":"d/kernel","shape":[2,2],"dtype":"float32"}`,
		`{"name":"d/bias","shape":[2],"dtype":"float32"}`
	const plain = kernel + "," + bias
	if _, err := Inspect(tfjsFiles(`"w.bin"`, plain)); err != nil {
		t.Fatalf("the model that others are made of is refused: %v", err)
	}
	list := []hostile{}
	for _, path := range []string{"../w.bin", "/etc/passwd", "https://example.org/w.bin", "data:text/plain;base64,AAAA",
		"a/../../w.bin"} {
		list = append(list, hostile{"tfjs/weights in " + path, tfjsFiles(`"`+path+`"`, plain), "plain names", false})
	}
	quantised := func(q string) string {
		return strings.Replace(plain, `"float32"`, `"float32","quantization":{"dtype":"uint8",`+q+`}`, 1)
	}
	labels := append(tfjsFiles(`"w.bin"`, plain), foreign.File{Name: "m/metadata.json",
		Data: []byte(`{"labels":["` + strings.Repeat(`a","`, 1_000_000) + `"]}`)})
	return append(list,
		hostile{"tfjs/a shard that is missing", tfjsFiles(`"w.bin","w2.bin"`, plain), "TensorFlow.js model", false},
		hostile{"tfjs/scale that is no number", tfjsFiles(`"w.bin"`, quantised(`"scale":"NaN","min":0`)),
			"TensorFlow.js model", false},
		hostile{"tfjs/scale beyond all numbers", tfjsFiles(`"w.bin"`, quantised(`"scale":1e999,"min":0`)),
			"TensorFlow.js model", false},
		hostile{"tfjs/1,000,000 labels", labels, "", false},
	)
}

// hostileFolders are numbers 63 and 64 in a folder of Hugging Face's.
func hostileFolders(*testing.T) []hostile {
	with := func(tokenizer string) foreign.Files {
		return append(hubtest.Folder(), foreign.File{Name: "m/tokenizer.json", Data: []byte(tokenizer)})
	}
	model := func(m string) string { return `{"model":` + m + `}` }
	var merges strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&merges, `"%s %s",`, strings.Repeat("a", 1+i%50), strings.Repeat("a", 1+i%50))
	}
	return []hostile{
		{"folder/tokenizer of a costly expression",
			with(`{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a+)+$"},` +
				`"behavior":"Isolated"},"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}}`), "", false},
		{"folder/merges of what is not there", with(model(`{"type":"BPE","vocab":{"a":0},"merges":[` +
			strings.TrimSuffix(merges.String(), ",") + `]}`)), "", false},
		{"folder/tokenizer in tokenizers", with(strings.Repeat(`{"model":`, 100_000)), "", false},
	}
}
