package main

import (
	"bytes"
	"encoding/binary"
	"regexp"
)

// idle are the functions of the runtime that only an execution trace, a profile, a setting in GODEBUG, C, plugins,
// arenas, a bubble of testing/synctest, a second thread's end, a broken heap or stack, or a panic with a number of a
// type of its own call: a browser's program starts none, has no such setting and none of these. What asks whether there
// is one stays.
var idle = regexp.MustCompile(`^runtime\.(` +
	`traceLocker\.[^o]|traceWriter\.|traceEventWriter\.|traceAdvance|traceStack$|traceReadCPU|traceSyncBatch|` +
	`traceRegister|traceCompress|makeTraceFrame|goStatusToTrace|dumpTypesRec|dumpStacksRec|` +
	`\(\*trace(Map|StringTable|TypeTable|StackTable|Buf|RegionAlloc|Advancer)|` +
	`\(\*profBuf\)|schedtrace|checkFinalizersAndCleanups|printScavTrace|dumpScanStats|` +
	`stkbucket|newBucket|saveblockevent|saveBlockEventStack|fpunwindExpand|fpTracebackPartialExpand|` +
	`doRecordGoroutineProfile|findGoroutineLeaks|setCheckmark|getCheckmark|runCheckmark|(start|end|clear)Checkmarks|` +
	`\(\*hexdumper\)|hexdump|tracebackHexdump|dumpgstatus|printanycustomtype|mexit$|\(\*synctestBubble\)|` +
	`printAncestorTraceback|printOneCgoTraceback|printCgoTraceback|expandCgoFrames|callCgoSymbolizer|typesEqual|` +
	`\(\*mspan\)\.(setUserArenaChunkToFault|reportZombies)|gcDumpObject|badPointer)`)

// fewestIdle is how many there are in every program, at least; fewer say that this Go's runtime calls them otherwise.
const fewestIdle = 80

// never is the body of a function without locals that ends the program when it is called.
var never = []byte{0, 0, end}

// dropIdle takes the bodies of idle functions from the code of a program with this memory.
func dropIdle(sections []section, image []byte) error {
	list, err := idleFunctions(image)
	for i, s := range sections {
		if s.id == codeSection && err == nil {
			sections[i].body, err = withoutIdle(s.body, list)
		}
	}
	return err
}

// idleFunctions says of every function of a program, by its number, whether it is idle.
func idleFunctions(image []byte) ([]bool, error) {
	start := bytes.Index(image, tableMagic)
	if start < 0 || start+headerSize > len(image) {
		return nil, errTable
	}
	t := table{image[start:]}
	count, names, units, funcs := t.word(8), t.word(32), t.word(40), t.word(64)
	if names > units || units > len(t.b) || funcs+8*count > len(t.b) {
		return nil, errTable
	}
	list, found := make([]bool, count), 0
	for i := range list {
		at := funcs + t.half(funcs+8*i+4)
		if at+funcSize > len(t.b) {
			return nil, errTable
		}
		name, _, _ := bytes.Cut(t.b[names+min(t.half(at+4), units-names):units], []byte{0})
		if list[i] = idle.Match(name); list[i] {
			found++
		}
	}
	if found < fewestIdle {
		return nil, errTable
	}
	return list, nil
}

// withoutIdle takes their bodies from the code, which lists functions as the runtime's table does.
func withoutIdle(code []byte, idle []bool) ([]byte, error) {
	r := reader{b: code}
	if n := r.number(); n != len(idle) {
		return nil, errTable
	}
	out := binary.AppendUvarint(make([]byte, 0, len(code)), uint64(len(idle)))
	for _, drop := range idle {
		body := r.bytes()
		if drop {
			body = never
		}
		out = append(binary.AppendUvarint(out, uint64(len(body))), body...)
	}
	if r.failed || r.at != len(code) {
		return nil, errModule
	}
	return out, nil
}
