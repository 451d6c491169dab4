package data

import (
	"strings"
	"unicode"
)

// meaning is what the name of a column says about it.
type meaning int

const (
	noMeaning  meaning = iota
	meansOther         // an identifier, a date, an address: neither text nor label
	meansGrade         // perhaps a label
	meansTitle         // a text where no other column is one
	meansLabel
	meansText
)

// words that people call columns, in lower case. A name of several words counts by its last.
var words = map[meaning]string{
	meansText: "text texts txt sentence sentences review reviews comment comments message messages msg content body " +
		"utterance tweet phrase statement document query question post feedback transcript strcontent 文本 文字 " +
		"句子 内容 內容 评论 評論 正文 消息 留言 原文 语句 评价内容 聊天内容 テキスト 本文 文章 文 レビュー コメント 内容文 텍스트 문장 내용 리뷰 댓글 본문 texte phrases " +
		"commentaire commentaires avis satz sätze kommentar nachricht texto textos frase frases comentario " +
		"comentarios comentário mensaje mensagem reseña testo commento messaggio frasi tekst zin opmerking " +
		"текст предложение сообщение отзыв комментарий",
	meansLabel: "label labels class classes category categories target targets sentiment intent intents tag tags " +
		"topic emotion y classification labelname 标签 標籤 类别 類別 分类 分類 类 情感 意图 意圖 标注 情绪 ラベル カテゴリ カテゴリー クラス 感情 라벨 " +
		"레이블 분류 감정 카테고리 클래스 étiquette etiquette classe catégorie categorie klasse kategorie etikett etiqueta " +
		"clase categoría categoria rótulo etichetta categorie labels метка класс категория тональность",
	meansGrade: "rating ratings score scores stars star grade polarity status type kind result language lang rank " +
		"stage group outcome 评分 星级 状态 等级 类型 評価 상태 평점 bewertung note puntuación nota оценка статус",
	meansTitle: "title headline subject summary description name heading answer 标题 標題 摘要 描述 主题 回答 タイトル 件名 제목 titel " +
		"titre título titolo заголовок",
	meansOther: "id ids uuid guid index idx no nr num number row line key date time datetime timestamp created url " +
		"link user author username sender email filename file path length count page 编号 序号 时间 日期 发送者 链接 番号 日時 " +
		"日付 번호 날짜 fecha datum дата номер",
}

var meanings = func() map[string]meaning {
	all := map[string]meaning{}
	for _, m := range []meaning{meansOther, meansGrade, meansTitle, meansLabel, meansText} {
		for _, w := range strings.Fields(words[m]) {
			all[w] = m
		}
	}
	return all
}()

// meant is the meaning of a name; exact says that the name is the word and no more.
func meant(name string) (m meaning, exact bool) {
	name = Label(name)
	if m = meanings[strings.ToLower(name)]; m != noMeaning {
		return m, true
	}
	parts := parted(name)
	if len(parts) == 0 || len(parts) > 4 {
		return noMeaning, false
	}
	if m = meanings[parts[len(parts)-1]]; m == noMeaning && parts[0] != parts[len(parts)-1] &&
		meanings[parts[0]] == meansText {
		m = meansText // "text_clean", "sentence A"
	}
	return m, false
}

// parted cuts "airline_sentiment", "PhraseId" and "sentence1" into words in lower case.
func parted(name string) (parts []string) {
	word := []rune{}
	end := func() {
		if len(word) > 0 {
			parts = append(parts, strings.ToLower(string(word)))
		}
		word = word[:0]
	}
	var before rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	end()
	return parts
}
