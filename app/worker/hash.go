package worker

import (
	"encoding/hex"
	"hash/crc32"

	"wafer/app/bridge"
	"wafer/nn/digest"
)

// hash tells files apart by what is in them.
func (w *Worker) hash(a bridge.Asked[nothing], _ nothing) (bridge.Hashes, [][]byte, error) {
	var h bridge.Hashes
	for _, b := range a.Buffers {
		sum := digest.Sum256(b)
		h.SHA256 = append(h.SHA256, hex.EncodeToString(sum[:]))
		h.CRC32 = append(h.CRC32, crc32.ChecksumIEEE(b))
	}
	return h, nil, nil
}
