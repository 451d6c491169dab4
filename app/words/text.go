// Package words has everything the page says: the catalogue of texts in English and, once learnt, in Chinese, and
// numbers, sizes, times and labels as people read them.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Lang is a language of the page.
type Lang string

const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// texts is the catalogue: what the page says in English, by key. The keys of a page begin with its name.
// What it says in
// Chinese is static/words/zh.json.
var texts = map[string]string{}

// speak adds to the catalogue; each file of texts calls it from an init function.
func speak(more map[string]string) {
	for key, t := range more {
		if _, twice := texts[key]; twice {
			panic("words: text " + key + " is defined twice")
		}
		texts[key] = t
	}
}

var language atomic.Value // Lang

// Language returns the language that T speaks.
func Language() Lang {
	if l, ok := language.Load().(Lang); ok {
		return l
	}
	return English
}

// SetLanguage makes T speak a language.
func SetLanguage(l Lang) { language.Store(l) }

// T returns the text of a key in the chosen language, in English before Chinese is learnt. Values take the places of
// {0}, {1}… in it; numbers are written with thousands apart, and {0:example|examples} is "1 example" or "2 examples".
// An unknown key is returned as it is; a test makes sure that no page has one.
func T(key string, values ...any) string {
	s, ok := texts[key]
	if !ok {
		return key
	}
	if known := chinese.Load(); known != nil && Language() == Chinese && known.texts[key] != "" {
		s = known.texts[key]
	}
	for i, v := range values {
		s = strings.ReplaceAll(counted(s, "{"+strconv.Itoa(i)+":", v), "{"+strconv.Itoa(i)+"}", plain(v))
	}
	return s
}

// counted fills the first blank like {0:example|examples}, which begins as given: a number with what there are so many
// of.
func counted(s, blank string, v any) string {
	before, rest, found := strings.Cut(s, blank)
	if !found {
		return s
	}
	word, after, _ := strings.Cut(rest, "}")
	one, many, _ := strings.Cut(word, "|")
	if v == 1 || v == "1" {
		many = one
	}
	return before + plain(v) + " " + many + after
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return straight(v)
	case int:
		return Count(v)
	case float64:
		return strconv.FormatFloat(v, 'g', 6, 64)
	case error:
		return Explain(v)
	}
	return fmt.Sprint(v)
}
