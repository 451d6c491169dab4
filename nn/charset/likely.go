package charset

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tongue is a language, or several, as its letters beyond ASCII tell it.
type tongue struct {
	encodings string  // that people write it in, those for ties first
	common    string  // letters that make up most of a text
	others    string  // further ones, which count half
	block     string  // pairs of first and last letters of the script, which count rest
	rest      float64 //
	latin     bool    // its letters stand among ASCII letters
}

// tongues, likelier ones first. Frequent letters are those of letter counts of the languages; frequent characters those
// of Chinese, Japanese and Korean texts, with words that reviews and labels are made of.
var tongues = []tongue{
	{encodings: "windows-1252 macintosh", common: "àâçèéêëîïôùûœ", latin: true},         // French
	{encodings: "windows-1252 macintosh", common: "äöüß", latin: true},                  // German
	{encodings: "windows-1252 macintosh", common: "áéíñóúü", latin: true},               // Spanish
	{encodings: "windows-1252 macintosh", common: "ãáâàçéêíóôõú", latin: true},          // Portuguese
	{encodings: "windows-1252 macintosh", common: "àèéìíòóùúç·ï", latin: true},          // Italian, Catalan
	{encodings: "windows-1252 macintosh", common: "åäöæøéü", latin: true},               // Nordic
	{encodings: "windows-1252 windows-1257", common: "äõöüšž", latin: true},             // Estonian
	{encodings: "windows-1252", common: "áéíóúýþæöð", latin: true},                      // Icelandic
	{encodings: "windows-1250 iso-8859-2", common: "ąćęłńóśźż", latin: true},            // Polish
	{encodings: "windows-1250 iso-8859-2", common: "áčďéěíňóřšťúůýžľĺŕôä", latin: true}, // Czech, Slovak
	{encodings: "windows-1250 iso-8859-2", common: "áéíóöőúüű", latin: true},            // Hungarian
	{encodings: "windows-1250 iso-8859-2", common: "ăâîşţ", latin: true},                // Romanian
	{encodings: "windows-1250 iso-8859-2", common: "čćđšž", latin: true},                // Croatian, Slovene
	{encodings: "windows-1254", common: "çğıöşüâ", latin: true},                         // Turkish
	{encodings: "windows-1257", common: "ąčęėįšųūž", latin: true},                       // Lithuanian
	{encodings: "windows-1257", common: "āčēģīķļņšūž", latin: true},                     // Latvian
	{encodings: "windows-1251 koi8-r ibm866", common: "оеаинтсрвл", others: "кмдпуяыьбгзійч", block: "Ёџ", rest: .1},
	{encodings: "windows-1253", common: "αοιετσνηυρίόέ", others: "πκμλςάήύώγδχθφβ", block: "Άώ", rest: .1},
	{encodings: "windows-1255", common: "יוהלאמרתנש", others: "בדעחקפםטןכ", block: "את", rest: .1},
	{encodings: "windows-1256", common: "اليمنرتوبس", others: "دعهكفقةحجىأشصءذ", block: "ءے", rest: .1},
	{encodings: "windows-874", common: "านรอกเงมยลวดท่้ัี", others: "สตะปบคหแพชขใไ็ิุู์ื", block: "ก๛", rest: .1},
	{encodings: "gb18030", common: "" +
		"的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去" +
		"能对小多然于心学之都好看起发当没成只如事把还用第样道想作种开评差很错质量服务态度太菜吃快递正负面" +
		"积极消中性情感类别文本标签内容体育财经科技娱乐买货物店客东西满意推荐喜欢价格非常真今", block: "一鿿", rest: .3},
	{encodings: "big5", common: "" +
		"的一是不我了人在他有這個上們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去" +
		"能對小多然於心學之都好看起發當沒成只如事把還用第樣道想作種開評差很錯質量服務態度太菜吃快遞正負面" +
		"積極消性情感類別文字標籤內容體育財經科技娛樂買貨物店客東西滿意推薦喜歡價格非常真", block: "一鿿", rest: .3},
	{encodings: "shift_jis euc-jp", common: "" +
		"いうかがくけこさしすせそたちっつてでとなにねのはまもよらりるれろんをだじどばあおきえみやゃょゅげ" +
		"べぐごずびみむめわーアイウカキクコサシスタツテトドナニバフマムメラリルレロンッャュョ日一国人年大" +
		"十本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男" +
		"西電校語土木聞食車何南万毎白天母火右読友左休父雨良悪店料理肯定否評価感情満足品質商", block: "ぁヿ一鿿", rest: .4},
	{encodings: "euc-kr", common: "" +
		"이다는에고하의가을로지사서은도를기리나어인한자대시정아보라그들해일있수여스제만전부게것과주상장원" +
		"없안거니면습마오좋요너무진짜맛말최음점친절재미긍중립불만족배송빨품질감문분류라벨텍트식당직추천별" +
		"영화", block: "가힣", rest: .4},
}

// likeliest is the encoding in which lines look most like a text.
func likeliest(b []byte) string {
	best, most := Windows1252, 0.25
	texts := map[string]string{}
	for i := range tongues {
		t := &tongues[i]
		for _, name := range strings.Fields(t.encodings) {
			text, known := texts[name]
			if !known {
				text, _, _ = Text(b, name)
				texts[name] = text
			}
			got := t.likeness(text)
			if name == "macintosh" { // of the last century
				got -= 0.1
			}
			if got > most+0.001 {
				best, most = name, got
			}
		}
	}
	return best
}

// weights have the letters that count.
func (t *tongue) weights() map[rune]float64 {
	w := map[rune]float64{}
	for _, r := range t.others {
		w[r] = 0.5
	}
	for _, r := range t.common {
		w[r] = 1
	}
	return w
}

// likeness is the mean of what the characters beyond ASCII speak for a language: 1 for a frequent letter at its place,
// less than 0 for what is no character.
func (t *tongue) likeness(text string) float64 {
	weights, sum, n := t.weights(), 0.0, 0.0
	var before rune
	for i, r := range text {
		if r >= 0x80 {
			after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
			sum += t.weigh(weights, before, r, after)
			n++
		}
		before = r
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func (t *tongue) weigh(weights map[rune]float64, before, r, after rune) float64 {
	switch {
	case r == utf8.RuneError:
		return -2
	case r < 0xa0: // a control character that Windows-1252 has where nothing is
		return -0.5
	case unicode.IsLetter(r) || t.within(r): // vowels of Thai and Arabic are marks
		return t.weighLetter(weights, before, r, after)
	case r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff5e:
		if t.rest >= 0.3 {
			return 1
		}
		return 0
	case strings.ContainsRune("’‘", r):
		return 1
	case strings.ContainsRune("“”„«»–—…€£§°©®•№\u00a0‚‹›·", r):
		if unicode.IsLetter(before) && unicode.IsLetter(after) && r != '—' && r != '–' {
			return 0.2
		}
		return 0.9
	case r == '¿', r == '¡':
		if !unicode.IsLetter(before) {
			return 1
		}
	}
	return 0
}

func (t *tongue) weighLetter(weights map[rune]float64, before, r, after rune) float64 {
	small := unicode.ToLower(r)
	w, known := weights[small]
	if !known && t.within(r) {
		w = t.rest
	}
	switch {
	case strings.ContainsRune("ךםןףץ", r) && unicode.IsLetter(after): // end words
		return -1
	case t.latin && before >= 0x80 && after >= 0x80 && unicode.IsLetter(before) && unicode.IsLetter(after):
		return 0 // never three in a row
	case !t.latin && t.rest < 0.3 && (ascii(before) || ascii(after)):
		return 0 // scripts do not mix inside a word
	case r != small && unicode.IsLower(before):
		return 0
	case r != small && unicode.IsUpper(before):
		return 0.8 * w
	}
	return w
}

func ascii(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

// within says whether a letter is of the script.
func (t *tongue) within(r rune) bool {
	pairs := []rune(t.block)
	for i := 0; i+1 < len(pairs); i += 2 {
		if r >= pairs[i] && r <= pairs[i+1] {
			return true
		}
	}
	return false
}
