package web

import (
	"testing"
	"unicode/utf16"
)

// A request is about the text that was sent: bytes that are not UTF-8 and halves of pairs are refused, a byte order
// mark is passed over.
func TestRequestsOfEveryEncoding(t *testing.T) {
	x := start(t)
	x.want(x.ask("POST", "/api/models/sentiment/predict", "{\"text\":\"caf\xe9\"}"), 400,
		"expected UTF-8, found the byte 0xe9 in line 1")
	x.want(x.ask("POST", "/api/models/sentiment/predict", `{"text":"\ud83d"}`), 400, `found the half of a pair \\ud83d`)
	x.want(x.ask("POST", "/api/models/sentiment/predict", "\ufeff{\"text\":\"I love it\"}"), 200, `"positive"`)
	wide := ""
	for _, u := range utf16.Encode([]rune("\ufeff{\"text\":\"I love it\"}")) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	x.want(x.ask("POST", "/api/models/sentiment/predict", wide), 200, `"positive"`)
	x.want(x.ask("POST", "/api/session", "{\"token\":\"\xff\"}"), 400, "expected UTF-8")
	x.want(x.ask("POST", "/api/models/sentiment/predict", ""), 400, "the body is empty")
}
