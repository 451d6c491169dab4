package charset

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
)

// texts are what people write, as their programs save it.
var texts = []struct{ encoding, text string }{
	{Windows1252, "I love this café;pos\r\nI hate this café;neg\r\n"},
	{Windows1252, "Schöne Grüße aus München, größer geht’s nicht – 5 €\nÜber Österreich: süß, weiß, heiß\n"},
	{Windows1252, "Très déçu par la qualité… c’était mieux avant\nÀ éviter ! Le goût était « étrange »\n"},
	{Windows1252, "¿Qué tal? El niño comió piñas; mañana será otro día\n"},
	{Windows1252, "Não gostei da refeição, a situação é péssima\n"},
	{Windows1252, "Hyvää päivää, tämä on hyvä; årets smörgåsbord är över\n"},
	{Windows1252, "text,label\nplain words,a\n“quoted” words,b\n"},
	{GB18030, "文本,标签\n这家餐厅的菜很好吃,好评\n服务态度太差了，不会再来,差评\n"},
	{GB18030, "快递很快，质量也不错\n"},
	{GB18030, "id,内容\n1,今天天气真好 😀\n"},
	{Big5, "文字,標籤\n這家餐廳的菜很好吃,好評\n服務態度太差了，不會再來,差評\n"},
	{ShiftJIS, "テキスト,ラベル\nこの店の料理はとても美味しいです,良い\n店員の態度が悪い。二度と行きません,悪い\n"},
	{EUCKR, "텍스트,라벨\n이 식당 음식이 정말 맛있어요,긍정\n직원이 너무 불친절합니다. 다시는 안 가요,부정\n"},
	{Windows1251, "текст;метка\nОтличный магазин, всё понравилось;хорошо\n" +
		"Ужасное обслуживание, больше не приду;плохо\n"},
	{Windows1252, "text,label\nI don’t like it,neg\nIt’s great,pos\nI can’t say… maybe,neg\n"},
	{Windows1252, "ciò è più bello; perché no? è così; la città è là\n"},
	{Windows1252, "El servicio fue pésimo, la señora no sabía nada\n¡Qué maravilla de película!\n"},
	{Windows1252, "Það er gott að búa á Íslandi, þú veist það\n"},
	{Windows1252, "Der Kuchen schmeckt schön süß\nDie Straße ist laut\n"},
	{"windows-1250", "text;etykieta\nŹle, że tak się stało;negatywna\nPiękny dzień, świetna obsługa;pozytywna\n"},
	{"windows-1250", "text;třída\nPříliš žluťoučký kůň úpěl ďábelské ódy;dobré\nVelmi špatné;špatné\n"},
	{"windows-1250", "Nagyon jó étterem, ízletes ételek, gyors felszolgálás. Örülök, hogy eljöttünk, " +
		"és jövőre újra jövünk; fűszeres volt\n"},
	{"windows-1250", "Vrlo loša usluga, više nećemo doći. Čekali smo, a hrana je bila slaba; " +
		"odlično osoblje međutim\n"},
	{"windows-1250", "Mâncarea a fost foarte bună şi personalul drăguţ, totuşi preţurile sunt mari\n"},
	{"iso-8859-2", "Źle, że tak się stało; świetna obsługa, pyszne jedzenie, już ąę\n"},
	{"windows-1254", "Hizmet çok kötüydü, bir daha gelmeyeceğim; yemekler güzel değildi\n" +
		"Çalışanlar ilgisiz ve yavaştı\n"},
	{"windows-1257", "Labai geras aptarnavimas, ačiū už viską; maistas šaltas ir neskanus, kainos didelės, ąžuolas\n"},
	{"windows-1257", "Ļoti laba apkalpošana, paldies; ēdiens bija auksts, cenas pārāk augstas, nākšu vēl\n"},
	{Windows1251, "ОТЛИЧНЫЙ МАГАЗИН;хорошо\nНЕ РЕКОМЕНДУЮ;плохо\n"},
	{Windows1251, "Дуже смачна їжа і чудове обслуговування, рекомендую всім;добре\n"},
	{Windows1251, "плохо\nхорошо\n"},
	{"koi8-r", "текст;метка\nОтличный магазин, всё понравилось;хорошо\nУжасное обслуживание, больше не приду;плохо\n"},
	{"koi8-r", "плохо\nхорошо\n"},
	{"ibm866", "Отличный магазин, всё понравилось;хорошо\n"},
	{"windows-1253", "κείμενο;ετικέτα\nΠολύ καλό εστιατόριο, το συνιστώ;θετικό\n" +
		"Απαίσια εξυπηρέτηση, δεν θα ξαναπάω;αρνητικό\n"},
	{"windows-1253", "καλό\nκακό\n"},
	{"windows-1255", "טקסט;תווית\nהאוכל היה מצוין והשירות מהיר;חיובי\nלא אחזור לכאן לעולם;שלילי\n"},
	{"windows-1256", "نص,تصنيف\nالطعام لذيذ والخدمة ممتازة,إيجابي\nتجربة سيئة جدا ولن أعود مرة أخرى,سلبي\n"},
	{"windows-874", "ข้อความ,ป้าย\nอาหารอร่อยมากและบริการดี,บวก\nแย่มาก ไม่มาอีกแล้ว,ลบ\n"},
	{"macintosh", "Schöne Grüße aus München, größer geht’s nicht\nÜber Österreich: süß, weiß, heiß\n"},
	{"macintosh", "Très déçu par la qualité, c’était mieux avant, le goût était étrange, ça va\n"},
	{"macintosh", "¿Qué tal? El niño comió piñas, mañana será otro día\n"},
	{"macintosh", "I don’t like it\nIt’s great\n"},
	{"euc-jp", "テキスト,ラベル\nこの店の料理はとても美味しいです,良い\n店員の態度が悪い。二度と行きません,悪い\n"},
	{"euc-jp", "良い\n悪い\n"},
	{ShiftJIS, "良い\n悪い\n普通\n"},
	{EUCKR, "영화가 재미있어요,긍정\n별로예요 비추천합니다,부정\n"},
	{EUCKR, "긍정\n부정\n중립\n"},
	{EUCKR, "배송이 빨라서 좋았습니다\n"},
	{Big5, "好評\n差評\n"},
	{Big5, "這個產品的品質很差，我不會再買了\n物流很快，品質也很好\n"},
	{Big5, "電影很好看,正面\n劇情無聊,負面\n"},
	{GB18030, "好评\n差评\n"},
	{GB18030, "体育,姚明宣布退役\n财经,股市大跌三成\n娱乐,新片今日上映\n"},
	{GB18030, "我想听周杰伦的歌\n明天北京会下雨吗\n"},
	{UTF8, "text,label\ncafé 文本 😀,好\n"},
	{UTF8, "plain\n"},
}

//go:embed testdata/encoded.json
var encoded []byte

func encode(t *testing.T, text, encoding string) []byte {
	t.Helper()
	all := map[string][]byte{}
	if err := json.Unmarshal(encoded, &all); err != nil {
		t.Fatal(err)
	}
	if encoding == UTF8 {
		return []byte(text)
	}
	key := encoding + " " + text
	if all[key] == nil {
		t.Fatalf("testdata/encoded.json does not have %q", key)
	}
	return all[key]
}

func TestEncodingsAreFoundByEvidence(t *testing.T) {
	for _, c := range texts {
		b := encode(t, c.text, c.encoding)
		text, found, err := Text(b, "")
		if err != nil || found != c.encoding || text != c.text {
			t.Errorf("%.30q in %s: read as %s, %.30q (%v)", c.text, c.encoding, found, text, err)
		}
		if text, _, err = Text(b, c.encoding); err != nil || text != c.text {
			t.Errorf("%.30q, named %s: read as %.30q (%v)", c.text, c.encoding, text, err)
		}
	}
}

func wide(s string, bigEndian bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			u = u<<8 | u>>8
		}
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestUTF16WithAndWithoutMark(t *testing.T) {
	for _, c := range texts {
		for _, big := range []bool{false, true} {
			want := map[bool]string{false: UTF16LE, true: UTF16BE}[big]
			for _, mark := range []string{"\ufeff", ""} {
				text, found, err := Text(wide(mark+c.text, big), "")
				if err != nil || found != want || text != c.text {
					t.Errorf("%.30q, %s, mark %q: read as %s, %.30q (%v)", c.text, want, mark, found, text, err)
				}
			}
		}
	}
	if text, _, _ := Text([]byte("\xff\xfea\x00\x00\xd8b"), ""); text != "a\ufffd" {
		t.Errorf("half a pair and half a unit are read as %q, expected a and U+FFFD", text)
	}
}

// Strays in a long text change nothing about the rest: bytes of zero, and characters that a program cut in the middle.
func TestStraysDoNotChangeTheEncoding(t *testing.T) {
	for name, c := range map[string]struct{ given, want, encoding string }{
		"a zero byte": {"text,label\nfine\x00,pos\nbad one,neg\n", "text,label\nfine\x00,pos\nbad one,neg\n",
			UTF8},
		"a zero byte, odd": {"text,label\nfines\x00,pos\nbad one,neg\n", "text,label\nfines\x00,pos\nbad one,neg\n",
			UTF8},
		"zeros and Latin-1": {strings.Repeat("fine caf\xe9 food,pos\n", 100) + "x\x00",
			strings.Repeat("fine café food,pos\n", 100) + "x\x00", Windows1252},
		"a cut character": {"这家店的服务很好,好评\n质量太差\xe4\xba,差评\n", "这家店的服务很好,好评\n质量太差\ufffd,差评\n", UTF8},
		"a foreign one": {strings.Repeat("olé, ça va déjà\n", 3) + "caf\xe9\n",
			strings.Repeat("olé, ça va déjà\n", 3) + "caf\ufffd\n", UTF8},
		"half of each": {"ol\xe9 caf\xe9 d\xe9j\xe0 olé\n", "olé café déjà olÃ©\n", Windows1252},
	} {
		text, found, err := Text([]byte(c.given), "")
		if err != nil || found != c.encoding || text != c.want {
			t.Errorf("%s: read as %s, %.60q (%v); expected %s, %.60q", name, found, text, err, c.encoding, c.want)
		}
	}
}

func TestMarkIsNoText(t *testing.T) {
	if text, found, err := Text([]byte("\xef\xbb\xbfa,b"), ""); text != "a,b" || found != UTF8 || err != nil {
		t.Errorf("read as %s, %q (%v)", found, text, err)
	}
}

func TestNamedUTF8IsChecked(t *testing.T) {
	_, _, err := Text([]byte("a\nb\xe9"), UTF8)
	if want := "expected UTF-8, found the byte 0xe9 in line 2"; err == nil || err.Error() != want {
		t.Errorf("found %v, expected %q", err, want)
	}
	if _, _, err = Text([]byte("a"), "ebcdic"); err == nil || !strings.Contains(err.Error(), "found ebcdic") {
		t.Errorf("an unknown encoding: found %v", err)
	}
}

// Every encoding is read where it is named.
func TestNamedEncodings(t *testing.T) {
	for name, c := range map[string][2]string{
		"windows-1250": {"\x9fle, pi\xeakny", "źle, piękny"}, "windows-1253": {"\xea\xe1\xeb\xfc", "καλό"},
		"windows-1254": {"g\xfczel de\xf0il", "güzel değil"}, "windows-1255": {"\xf9\xec\xe5\xed", "שלום"},
		"windows-1256": {"\xd4\xdf\xd1\xc7", "شكرا"}, "windows-1257": {"a\xe8i\xfb", "ačiū"},
		"windows-1258": {"\xd0\xfd", "Đư"},
		"windows-874":  {"\xb4\xd5", "ดี"}, "iso-8859-2": {"\xbcle", "źle"}, "koi8-r": {"\xc4\xc1", "да"},
		"ibm866":    {"\xa4\xa0", "да"},
		"macintosh": {"sch\x9an", "schön"}, "euc-jp": {"\xce\xc9\xa4\xa4", "良い"},
	} {
		if text, found, err := Text([]byte(c[0]), name); err != nil || found != name || text != c[1] {
			t.Errorf("%s: read %q as %q in %s (%v), expected %q", name, c[0], text, found, err, c[1])
		}
	}
	for _, name := range Names() {
		if _, _, err := Text([]byte("ab"), name); err != nil {
			t.Errorf("%s is listed and not read: %v", name, err)
		}
	}
}

func TestJSON(t *testing.T) {
	for given, want := range map[string]string{
		`{"a":"b"}`: `{"a":"b"}`, "\xef\xbb\xbf{}": "{}", string(wide("\ufeff{\"é\":1}", false)): `{"é":1}`,
		string(wide("{\"a\":1}", true)): `{"a":1}`,
		`"\ud83d\ude00"`:                `"\ud83d\ude00"`, `"\\ud83d"`: `"\\ud83d"`, `"\\\\ud83d"`: `"\\\\ud83d"`,
		`"\ud7ff\ue000"`: `"\ud7ff\ue000"`,
	} {
		got, err := JSON([]byte(given))
		if err != nil || string(got) != want {
			t.Errorf("%q is read as %q (%v), expected %q", given, got, err, want)
		}
	}
	for given, want := range map[string]string{
		"{\"a\":\n\"caf\xe9\"}": "found the byte 0xe9 in line 2", `"\ud83d"`: `found the half of a pair \ud83d`,
		`"\uDE00\ud83d"`: `\uDE00`,
		`"\\\ud83d\n"`:   `\ud83d`, `"\ud83d\u0041"`: `\ud83d`,
	} {
		if _, err := JSON([]byte(given)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found %v, expected an error with %q", given, err, want)
		}
	}
}

func TestNFC(t *testing.T) {
	if got := NFC("cafe\u0301 ä 가"); got != "café ä 가" {
		t.Errorf("composed to %q", got)
	}
}

func TestNFKC(t *testing.T) {
	for in, want := range map[string]string{"ﬁne ① ½ ＡＢＣ": "fine 1 1⁄2 ABC", "e\u0301": "é", "plain": "plain",
		"℡": "TEL"} {
		if got := NFKC(in); got != want {
			t.Errorf("%q became %q, expected %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, c := range texts {
		f.Add([]byte(c.text))
	}
	f.Add([]byte("\xff\xfe\x00\xd8"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, found, err := Text(b, "")
		if err != nil || Invalid(text) >= 0 {
			t.Errorf("%q as %s: %q (%v)", b, found, text, err)
		}
		if s, err := JSON(b); err == nil && Invalid(string(s)) >= 0 {
			t.Errorf("JSON let %q through", b)
		}
	})
}
