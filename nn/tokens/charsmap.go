package tokens

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"wafer/nn/say"
)

// charsMap is the normaliser that SentencePiece compiles into its models: a double array (Aoe 1989) from characters to
// places among texts that end in a zero byte.
type charsMap struct {
	units []uint32
	texts string
}

// readCharsMap reads precompiled_charsmap: the bytes of the array as 32 bits little-endian, its units, then the texts.
// Nothing at all is a map that changes nothing. Places are checked when they are used.
func readCharsMap(b []byte) (*charsMap, error) {
	if len(b) == 0 {
		return &charsMap{}, nil
	}
	n := 0
	if len(b) >= 4 {
		n = int(binary.LittleEndian.Uint32(b))
	}
	if len(b) < 4 || n%4 != 0 || n > len(b)-4 {
		return nil, say.Errorf("tokenizer: its table of characters claims %d bytes, found %d", n, len(b))
	}
	m := &charsMap{units: make([]uint32, n/4), texts: string(b[4+n:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(b[4+4*i:])
	}
	return m, nil
}

// normalise replaces clusters of up to five bytes as a whole, else their characters. Growth ends at maxText bytes: the
// rest of t is left out.
func (m *charsMap) normalise(t string) string {
	var b strings.Builder
	b.Grow(len(t))
	for t != "" && b.Len() < maxText {
		n := cluster(t)
		whole := t[:n]
		t = t[n:]
		if n < 6 {
			if to, ok := m.find(whole); ok {
				b.WriteString(to)
				continue
			}
		}
		for whole != "" {
			_, n := utf8.DecodeRuneInString(whole)
			to, ok := m.find(whole[:n])
			if !ok {
				to = whole[:n]
			}
			b.WriteString(to)
			whole = whole[n:]
		}
	}
	return b.String()
}

// cluster is how many bytes a character has with the marks behind it.
func cluster(t string) int {
	_, n := utf8.DecodeRuneInString(t)
	if strings.HasPrefix(t, "\r\n") {
		return 2
	}
	for n < len(t) {
		r, size := utf8.DecodeRuneInString(t[n:])
		if !unicode.Is(unicode.M, r) && r != 0x200d && !(r >= 0x1160 && r <= 0x11ff) {
			break
		}
		n += size
	}
	return n
}

// find is what stands for the shortest beginning of a key, as the published code has it.
func (m *charsMap) find(key string) (string, bool) {
	at, ok := m.step(0, 0)
	for i := 0; ok && i < len(key) && key[i] != 0; i++ {
		at ^= uint32(key[i])
		if int(at) >= len(m.units) || m.units[at]&(1<<31|0xff) != uint32(key[i]) {
			return "", false
		}
		leaf := m.units[at]>>8&1 == 1
		if at, ok = m.step(at, at); ok && leaf && int(at) < len(m.units) {
			from := int(m.units[at] &^ (1 << 31))
			if from > len(m.texts) {
				return "", false
			}
			to, _, _ := strings.Cut(m.texts[from:min(len(m.texts), from+maxToken)], "\x00")
			return to, true
		}
	}
	return "", false
}

// step goes on from a unit: its offset, on top of where we are.
func (m *charsMap) step(unit, at uint32) (uint32, bool) {
	if int(unit) >= len(m.units) {
		return 0, false
	}
	u := m.units[unit]
	return at ^ u>>10<<((u&(1<<9))>>6), true
}
