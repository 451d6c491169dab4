//go:build !js

package charset

import (
	"strings"
	"unsafe"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"

	"wafer/nn/say"
)

var encodings = map[string]encoding.Encoding{Windows1251: charmap.Windows1251, GB18030: simplifiedchinese.GB18030,
	Big5: traditionalchinese.Big5, ShiftJIS: japanese.ShiftJIS, EUCKR: korean.EUCKR, "euc-jp": japanese.EUCJP,
	"windows-1250": charmap.Windows1250, "windows-1253": charmap.Windows1253, "windows-1254": charmap.Windows1254,
	"windows-1255": charmap.Windows1255, "windows-1256": charmap.Windows1256, "windows-1257": charmap.Windows1257,
	"windows-1258": charmap.Windows1258, "windows-874": charmap.Windows874, "iso-8859-2": charmap.ISO8859_2,
	"koi8-r": charmap.KOI8R, "ibm866": charmap.CodePage866, "macintosh": charmap.Macintosh}

// decode puts U+FFFD where the encoding has no character.
func decode(b []byte, name string) (string, error) {
	e, known := encodings[name]
	if !known {
		return "", say.Errorf("expected an encoding among %s, found %s", strings.Join(Names(), ", "), name)
	}
	out, err := e.NewDecoder().Bytes(b)
	return unsafe.String(unsafe.SliceData(out), len(out)), err
}

// NFC composes letters and their marks, as most keyboards write them (Unicode Standard Annex 15).
func NFC(s string) string { return norm.NFC.String(s) }

// NFKC is NFC after what is written in another form for old standards only: ligatures, narrow and wide letters.
func NFKC(s string) string { return norm.NFKC.String(s) }

// NFD takes letters and their marks apart.
func NFD(s string) string { return norm.NFD.String(s) }

// NFKD is NFD after what NFKC replaces.
func NFKD(s string) string { return norm.NFKD.String(s) }
