package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// The runtime's table of functions, as $GOROOT/src/internal/abi/symtab.go (constants),
// runtime/symtab.go (pcHeader) and runtime/runtime2.go (_func) describe it.
var tableMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8} // its version, padding, units of a byte, words of 8

const (
	headerSize  = 72 // of pcHeader
	funcSize    = 44 // of _func without the lists behind it
	noData      = 0xffffffff
	unsafePoint = 0 // PCDATA_UnsafePoint
	argLive     = 3 // PCDATA_ArgLiveIndex
	argInfo     = 5 // FUNCDATA_ArgInfo
	argLiveInfo = 6 // FUNCDATA_ArgLiveInfo
)

var errTable = errors.New("the table of functions is not as this Go's runtime describes it: see tools/build/lines.go")

// stripLines takes out of a program's memory what only traces of panics print: files, lines and arguments, and the
// names of functions that are not ours, which a trace then passes over; and where a signal may interrupt, since
// WebAssembly has none. It sets the runtime's own mark for "there is none" and fills what nothing refers to any more
// with zeros.
func stripLines(image []byte) (numbered, error) {
	n := numbered{start: bytes.Index(image, tableMagic)}
	if n.start < 0 || n.start+headerSize > len(image) || bytes.Contains(image[n.start+1:], tableMagic) {
		return n, errTable
	}
	t := table{image[n.start:]}
	count, names, units, values, funcs := t.word(8), t.word(32), t.word(40), t.word(56), t.word(64)
	if names != headerSize || units < names || values < units || funcs < values || funcs+8*count > len(t.b) {
		return n, errTable
	}
	n.at, n.count, n.first, n.from = n.start+funcs, count, t.half(funcs), t.half(funcs+4)
	used, named := make([]bool, funcs-values), map[string]int{}
	for i := range count {
		at := funcs + t.half(funcs+8*i+4)
		if at+funcSize > len(t.b) {
			return n, errTable
		}
		t.dropName(at, t.b[names:units], named)
		for _, v := range t.strip(at) {
			if v >= len(used) {
				return n, errTable
			}
			markValues(t.b[values:funcs], used, v)
		}
	}
	clear(t.b[units:values]) // numbers of files, and their names
	for i, keep := range used {
		if !keep {
			t.b[values+i] = 0
		}
	}
	return n, nil
}

// Where the runtime's moduledata has what leads from an instruction to its function (runtime/symtab.go).
const (
	tableOfBuckets = 152 // findfunctab
	firstPC        = 160 // minpc
	lastPC         = 168 // maxpc
	bucketSize     = 20  // of findfuncbucket: a function, and 16 bytes to add to it
	bucketPCs      = 4096
	bucketsEach    = 16 // of a function
	together       = 64 // functions
)

// coarse says where the buckets of the search for a function are, in each of which it may begin at every 64th only; the
// runtime's findfunc goes on from there one by one, as it does where functions share a bucket. In WebAssembly each has
// 16 buckets of its own, half of a program's memory: the start function writes them (count.go).
func (n numbered) coarse(image []byte) (from, to int, err error) {
	head := binary.LittleEndian.AppendUint64(nil, uint64(n.start)) // of moduledata: the table, and its names
	at := bytes.Index(image, binary.LittleEndian.AppendUint64(head, uint64(n.start+headerSize)))
	if at < 0 || at+lastPC+8 > len(image) {
		return 0, 0, errTable
	}
	t := table{image}
	if from, to = t.buckets(at); from < 0 || to > len(image) || from > to {
		return 0, 0, errTable
	}
	for i := range (to - from) / bucketSize {
		b := from + i*bucketSize
		if t.half(b) != i/bucketsEach || t.word(b+4) != 0 || t.word(b+12) != 0 {
			return 0, 0, errTable
		}
	}
	return from, to, nil
}

// buckets is where they begin and end, by the moduledata at this place.
func (t table) buckets(at int) (from, to int) {
	from = t.word(at + tableOfBuckets)
	return from, from + (t.word(at+lastPC)-t.word(at+firstPC))/bucketPCs*bucketSize
}

// table is memory from the start of the table on.
type table struct{ b []byte }

func (t table) word(at int) int { return int(binary.LittleEndian.Uint64(t.b[at:])) }
func (t table) half(at int) int { return int(binary.LittleEndian.Uint32(t.b[at:])) }

func (t table) set(at int, v uint32) { binary.LittleEndian.PutUint32(t.b[at:], v) }

// ours begin the names of functions that a trace shows.
var ours = [][]byte{[]byte("wafer/"), []byte("main.")}

// dropName takes its name, one of these, from the function at this place unless it is ours. A function inside another,
// which follows it, is called as that one is, and a method as its type: named has where the names stand that were kept.
func (t table) dropName(at int, names []byte, named map[string]int) {
	from := min(t.half(at+4), len(names))
	name, _, _ := bytes.Cut(names[from:], []byte{0})
	outer := shown(string(name))
	known, ok := named[outer]
	switch {
	case !slices.ContainsFunc(ours, func(prefix []byte) bool { return bytes.HasPrefix(name, prefix) }):
		clear(name)
		t.set(at+4, 0)
	case ok:
		clear(name)
		t.set(at+4, uint32(known))
	default:
		named[outer] = from
		clear(name[len(outer):])
	}
}

// shown is what a trace calls a function: by package and name, or package and type of a method.
func shown(name string) string {
	name, _, _ = strings.Cut(name, "[") // arguments of types
	name, _, _ = strings.Cut(name, ".func")
	from := strings.LastIndexByte(name, '/') + 1
	from += strings.IndexByte(name[from:], '.') + 1
	if method := strings.IndexByte(name[from:], '.'); method > 0 {
		name = name[:from+method]
	}
	return name
}

// strip edits the function at this place and returns where the values of it that are left
// begin: each list says what holds from which instruction on.
func (t table) strip(at int) (values []int) {
	pcsp, pcdata, funcdata := t.half(at+16), t.half(at+28), int(t.b[at+43])
	t.set(at+20, 0) // pcfile
	t.set(at+24, 0) // pcln
	t.set(at+32, 0) // cuOffset
	t.set(at+36, 0) // startLine
	lists := at + funcSize
	for _, i := range []int{unsafePoint, argLive} {
		if i < pcdata {
			t.set(lists+4*i, 0)
		}
	}
	for _, i := range []int{argInfo, argLiveInfo} {
		if i < funcdata {
			t.set(lists+4*(pcdata+i), noData)
		}
	}
	values = append(values, pcsp)
	for i := range pcdata {
		values = append(values, t.half(lists+4*i))
	}
	return values
}

// markValues marks the list that starts at this place, which 0 says is not there: pairs of
// numbers with 7 bits a byte, up to a 0 where a pair would start; the first may start with one.
func markValues(b []byte, used []bool, start int) {
	if start == 0 {
		return
	}
	for at := start; at < len(b); {
		used[at] = true
		if b[at] == 0 && at > start {
			return
		}
		for range 2 {
			_, n := binary.Uvarint(b[at:])
			for range max(n, 1) {
				used[at] = true
				at++
			}
		}
	}
}
