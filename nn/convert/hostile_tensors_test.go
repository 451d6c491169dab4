package convert

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
)

// tensorsFile is a safetensors file of a header and so many bytes of data.
func tensorsFile(header string, data int) foreign.Files {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return one(append(append(b, header...), make([]byte, data)...))
}

// hostileSafetensors are numbers 1 to 10 of the list of known attacks.
func hostileSafetensors(*testing.T) []hostile {
	const f = `"dtype":"F32","shape":[2],"data_offsets":`
	claim := func(n uint64) foreign.Files { return one(append(binary.LittleEndian.AppendUint64(nil, n), "{}  "...)) }
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, `"tensor number %07d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`, i)
	}
	list := []hostile{
		{"safetensors/header beyond the file", claim(1 << 40), "expected a model file", false},
		{"safetensors/header of 200 MB", claim(200_000_000), "expected a model file", false},
		{"safetensors/100,000 entries", tensorsFile("{"+strings.TrimSuffix(many.String(), ",")+"}", 0), "one more than",
			false},
		{"safetensors/overlap", tensorsFile(`{"a":{`+f+`[0,8]},"b":{`+f+`[4,12]}}`, 12), "a hole or an overlap", false},
		{"safetensors/hole", tensorsFile(`{"a":{`+f+`[0,8]},"b":{`+f+`[12,20]}}`, 20), "a hole or an overlap", false},
		{"safetensors/trailing bytes", tensorsFile(`{"a":{`+f+`[0,8]}}`, 9), "its tensors take 8", false},
		{"safetensors/offsets unlike the shape", tensorsFile(`{"a":{`+f+`[0,12]}}`, 12), "needs 8 bytes, has 12",
			false},
		{"safetensors/product of the shape overflows",
			tensorsFile(`{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],`+
				`"data_offsets":[0,0]}}`, 8), "larger than the file", false},
		{"safetensors/a name twice", tensorsFile(`{"a":{`+f+`[0,8]},"a":{`+f+`[8,16]}}`, 16), "comes twice", false},
		{"safetensors/header is a list", tensorsFile(`[1,2,3,4,5,6]`, 0), "expected a model file", false},
		{"safetensors/type of half a byte", tensorsFile(`{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}`, 2),
			`type "F4"`, false},
	}
	return list
}
