package torch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
	"time"

	"wafer/nn/say"
)

// Pieces of pickles.

func text(s string) string { return "X" + le32(len(s)) + s }

func le32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func number(n int) string { return "J" + le32(n) }

func long(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func global(module, name string) string { return "c" + module + "\n" + name + "\n" }

// storageOf refers to a storage of size elements.
func storageOf(class, key string, size string) string {
	return "(" + text("storage") + global("torch", class) + text(key) + text("cpu") + size + "tQ"
}

// tensorOf makes a tensor of what stands for offset, sizes and strides.
func tensorOf(storage, offset, sizes, strides string) string {
	return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + offset + "(" + sizes + "t(" + strides +
		"t\x89" + global("collections", "OrderedDict") + ")RtR"
}

// dictOf is a state dict with one value.
func dictOf(value string) string { return "\x80\x02}" + text("a") + value + "s." }

var good = dictOf(tensorOf(storageOf("FloatStorage", "0", number(2)), "K\x00", "K\x02", "K\x01"))

// part is an entry of an archive, written raw so that anything can be wrong with it.
type part struct {
	name, data string
	change     func(*zip.FileHeader)
}

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, CRC32: crc32.ChecksumIEEE([]byte(p.data)),
			CompressedSize64: uint64(len(p.data)), UncompressedSize64: uint64(len(p.data))}
		if p.change != nil {
			p.change(h)
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// saved is an archive around a pickle with a storage of two floats.
func saved(t testing.TB, pickle string) []byte {
	return archive(t, part{name: "m/data.pkl", data: pickle},
		part{name: "m/data/0", data: "\x00\x00\x80\x3f\x00\x00\x00\x40"})
}

// call runs a function of Python's on a text, as hostile pickles do.
func calls(module, name string) string { return global(module, name) + text("id") + "\x85R" }

// hostile are the kinds 38 to 52 of files that mean harm, or are broken: what each is refused for.
func hostile(t testing.TB) map[string]struct {
	file []byte
	want string
} {
	deep, wide := strings.Repeat("]", 1000)+strings.Repeat("a", 999), "]q\x00"
	for i := range 30 { // each tuple holds the one before twice
		wide += fmt.Sprintf("h%c\x86q%c", i, i+1)
	}
	floats := storageOf("FloatStorage", "0", number(2))
	huge := "J\xff\xff\xff\x7f"
	renamed := saved(t, good)
	copy(renamed[bytes.Index(renamed, []byte("m/data.pkl")):], "n/data.pkl")
	type c = struct {
		file []byte
		want string
	}
	return map[string]c{
		"reduce": {saved(t, dictOf(calls("os", "system"))),
			"wants to run os.system: Wafer runs no code from files"},
		"reduce of posix": {saved(t, dictOf(calls("posix", "system"))), "wants to run posix.system"},
		"reduce of eval":  {saved(t, dictOf(calls("__builtin__", "eval"))), "wants to run __builtin__.eval"},
		"reduce in torch": {saved(t, dictOf(calls("torch.hub", "load"))), "wants to run torch.hub.load"},
		"dotted name": {saved(t, dictOf(calls("torch._utils", "os.system"))),
			"wants to run torch._utils.os.system"},
		"popped call": {saved(t, "\x80\x02"+calls("os", "system")+"0"+good[2:]), "wants to run os.system"},
		"new object": {saved(t, dictOf(global("subprocess", "Popen")+text("id")+"\x85\x81")),
			"wants to run subprocess.Popen"},
		"built object": {saved(t, dictOf(global("os", "_wrap_close")+")\x81}"+text("fd")+"K\x01sb")),
			"wants to run os._wrap_close"},
		"object":   {saved(t, dictOf("("+global("os", "system")+text("id")+"o")), "instruction 0x6f"},
		"instance": {saved(t, dictOf("("+text("id")+"ios\nsystem\n")), "instruction 0x69"},
		"stack global": {saved(t, dictOf(text("os")+text("system")+"\x93"+text("id")+"\x85R")),
			"instruction 0x93"},
		"frame":              {saved(t, "\x80\x02\x95\xff\xff\xff\xff\xff\xff\xff\xff."), "instruction 0x95"},
		"protocol":           {saved(t, "\x80\x05}."), "protocol 5"},
		"dup":                {saved(t, "\x80\x02]2222."), "instruction 0x32"},
		"many laughs":        {saved(t, dictOf(wide)), "nests its values too deeply or too often"},
		"circle":             {saved(t, dictOf("]q\x00(h\x00h\x00e")), "nests its values too deeply or too often"},
		"deep":               {saved(t, dictOf(deep)), "nests its values too deeply or too often"},
		"many values":        {saved(t, "\x80\x02("+strings.Repeat("}", 1<<18)+"t."), "more memory than four times"},
		"memo":               {saved(t, "\x80\x02Nr\xff\xff\xff\x7f."), "keeps value"},
		"get":                {saved(t, "\x80\x02h\x07."), "refers to value 7"},
		"empty stack":        {saved(t, "\x80\x02."), "empty stack"},
		"no mark":            {saved(t, "\x80\x02t."), "lacks a mark"},
		"cut":                {saved(t, good[:6]), "ends in the middle"},
		"long text":          {saved(t, "\x80\x02X\xff\xff\xff\xff"), "text of 4294967295 bytes"},
		"endless name":       {saved(t, "\x80\x02c"+strings.Repeat("a", 600)), "longer than 512"},
		"no tensors":         {saved(t, dictOf("K\x01")), "holds no tensors"},
		"tensor of a number": {saved(t, dictOf(tensorOf("K\x01", "K\x00", "K\x02", "K\x01"))), "no storage"},
		"other storage": {saved(t, dictOf(storageOf("QInt8Storage", "0", number(2)))),
			"torch.QInt8Storage, which is not read"},
		"storage of another": {saved(t, dictOf("("+text("storage")+global("os", "FloatStorage")+text("0")+text("cpu")+
			number(2)+"tQ")), "os.FloatStorage"},
		"size beyond": {saved(t, dictOf(tensorOf(floats, "K\x00", "K\x03", "K\x01"))),
			"reaches to element 2 of a storage of 2"},
		"stride beyond": {saved(t, dictOf(tensorOf(floats, "K\x00", "K\x02", "K\x05"))), "reaches to element 5"},
		"offset beyond": {saved(t, dictOf(tensorOf(floats, number(2), "K\x01", "K\x01"))),
			"reaches to element 2"},
		"negative offset": {saved(t, dictOf(tensorOf(floats, "J\xff\xff\xff\xff", "K\x01", "K\x01"))),
			"reaches to element -1"},
		"negative size": {saved(t, dictOf(tensorOf(floats, "K\x00", "J\xff\xff\xff\xff", "K\x01"))),
			"no whole numbers"},
		"overflowing strides": {saved(t, dictOf(tensorOf(storageOf("FloatStorage", "0", long(1<<62)), "K\x00",
			huge+huge, huge+huge))), "without a name or a size"},
		"product": {saved(t, dictOf(tensorOf(floats, "K\x00", huge+huge+huge, "K\x00K\x00K\x00"))), "too large"},
		"expanded": {saved(t, dictOf(tensorOf(floats, "K\x00", number(1<<30), "K\x00"))),
			"more memory than four times"},
		"axes": {saved(t, dictOf(tensorOf(floats, "K\x00", strings.Repeat("K\x01", 9),
			strings.Repeat("K\x01", 9)))), "9 axes"},
		"storage beyond": {saved(t, dictOf(tensorOf(storageOf("FloatStorage", "0", number(1<<30)), "K\x00",
			number(1<<30), "K\x01"))), "8 bytes of storage"},
		"absent storage": {saved(t, dictOf(tensorOf(storageOf("FloatStorage", "../0", number(2)), "K\x00", "K\x02",
			"K\x01"))), `0 bytes of storage "../0"`},
		"two storages": {saved(t, dictOf("("+floats+storageOf("LongStorage", "0", number(1))+"t")),
			"two different things"},
		"name twice": {saved(t, "\x80\x02}("+strings.Repeat(text("a")+tensorOf(floats, "K\x00", "K\x02", "K\x01"), 2)+
			"u."), "two tensors of the name"},
		"bad checksum": {archive(t, part{name: "m/data.pkl", data: good, change: func(h *zip.FileHeader) {
			h.CRC32++
		}}), "checksum is wrong"},
		"encrypted": {archive(t, part{name: "m/data.pkl", data: good, change: func(h *zip.FileHeader) {
			h.Flags |= 1
		}}), "packed or encrypted"},
		"packed": {archive(t, part{name: "m/data.pkl", data: good, change: func(h *zip.FileHeader) {
			h.Method = zip.Deflate
		}}), "packed or encrypted"},
		"lying size": {archive(t, part{name: "m/data.pkl", data: good, change: func(h *zip.FileHeader) {
			h.CompressedSize64, h.UncompressedSize64 = 1<<40, 1<<40
		}}), "more than the archive holds"},
		"entry twice": {archive(t, part{name: "m/data.pkl", data: good}, part{name: "m/data.pkl", data: good}),
			"twice"},
		"other name": {renamed, "another name"},
		"big-endian": {archive(t, part{name: "m/data.pkl", data: good}, part{name: "m/byteorder", data: "big"}),
			"big-endian"},
		"old, cut":     {[]byte(magic + "\x80\x02M\xe9\x03."), "ends in the middle"},
		"old, version": {[]byte(magic + "\x80\x02K\x07."), "version of the format"},
		"old, no keys": {[]byte(magic + "\x80\x02M\xe9\x03.\x80\x02}." + good + "\x80\x02}."), "lacks the list"},
		"old, no data": {[]byte(magic + "\x80\x02M\xe9\x03.\x80\x02}." + good + "\x80\x02]" + text("0") + "a."),
			"twice or not at all"},
		"old, short": {[]byte(magic + "\x80\x02M\xe9\x03.\x80\x02}." + good + "\x80\x02]" + text("0") +
			"a.\x02\x00\x00\x00\x00\x00\x00\x00abcd"), "need 2 in the 4 bytes"},
		"old, call": {[]byte(magic + "\x80\x02M\xe9\x03." + dictOf(calls("os", "system"))), "wants to run os.system"},
	}
}

// Files that mean harm are refused with a sentence, in less than a second, for at most four times their size in memory
// (beyond what is needed to read any file).
func TestHostileFiles(t *testing.T) {
	if _, err := Open(saved(t, good)); err != nil {
		t.Fatalf("the file that the others are made of: %v", err)
	}
	for name, c := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := Open(c.file)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") ||
			say.Of(err) == nil {
			t.Errorf("%s: the error is %v, expected one of package say that says %q", name, err, c.want)
		}
		if took > 10*time.Second { // a machine may be busy: what hangs takes longer
			t.Errorf("%s: took %v", name, took)
		}
		if bytes := after.TotalAlloc - before.TotalAlloc; bytes > uint64(4*len(c.file)+4<<20) {
			t.Errorf("%s: took %d bytes, the file has %d", name, bytes, len(c.file))
		}
	}
}

// FuzzOpen: nothing in a file crashes or hangs, and what opens can be loaded within its limits.
func FuzzOpen(f *testing.F) {
	for _, file := range files(f) {
		f.Add(file)
	}
	for _, c := range hostile(f) {
		if len(c.file) < 1<<12 {
			f.Add(c.file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) { open(t, file) })
}

// FuzzUnpickle puts any pickle into an archive.
func FuzzUnpickle(f *testing.F) {
	f.Add([]byte(good))
	for _, c := range hostile(f) {
		if at := bytes.Index(c.file, []byte("\x80\x02")); at > 30 && len(c.file) < 1<<12 {
			f.Add(c.file[at:])
		}
	}
	f.Fuzz(func(t *testing.T, pickle []byte) { open(t, saved(t, string(pickle))) })
}

func open(t *testing.T, file []byte) {
	o, err := Open(file)
	if err != nil {
		return
	}
	elements := 0
	for _, name := range o.Names() {
		if v, err := o.Tensor(name); err == nil {
			elements += v.Size()
		}
	}
	if elements > len(file) {
		t.Errorf("a file of %d bytes holds %d numbers", len(file), elements)
	}
}
