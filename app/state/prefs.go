package state

import (
	"strings"
	"time"

	"wafer/app/browser"
	"wafer/app/words"
)

const (
	keptLanguage = "wafer.language"
	keptTheme    = "wafer.theme"
)

// Restore brings back language and theme of the last visit, or what the browser
// asks for.
func (s *Store) Restore() {
	lang := browser.Kept(keptLanguage)
	if lang == "" {
		lang = browser.Language()
	}
	if languageOf(lang) == words.Chinese {
		if s.learn(patience); !words.Learnt() { // before anything is said
			s.spoken(words.English)
		}
	}
	s.speak(languageOf(lang))
	s.change(func(st *State) { st.Theme, st.Slow = themeOf(browser.Kept(keptTheme)), slowDevice() })
}

// SetLanguage switches the page to a language, now and at the next visit.
func (s *Store) SetLanguage(l words.Lang) {
	browser.Keep(keptLanguage, string(l))
	s.speak(l)
}

// What the page says in Chinese, which it needs in Chinese only, and what errors, test sets and credits are
// called there.
const (
	textsZH  = "/static/words/zh.json"
	errorsZH = "/static/words/errors-zh.json"
)

// patience is how long the page waits for Chinese before it begins in English.
const patience = 5 * time.Second

// learn fetches both. Without them the page speaks English on. It blocks.
func (s *Store) learn(limit time.Duration) {
	var files [2][]byte
	for i, path := range []string{textsZH, errorsZH} {
		status, file, err := browser.Request("GET", path, nil, nil, limit)
		if err != nil || status != 200 {
			return
		}
		files[i] = file
	}
	words.Learn(files[0], files[1]) // what is no JSON is not learnt
}

// speak switches the language for this visit: to Chinese once it is fetched, the first time.
func (s *Store) speak(l words.Lang) {
	s.wanted.Store(l)
	if l != words.Chinese || words.Learnt() {
		s.spoken(l)
		return
	}
	go func() {
		s.learn(time.Minute)
		if s.wanted.Load() == l { // nobody changed their mind meanwhile
			s.spoken(l)
		}
	}()
}

// spoken makes the page say everything in a language.
func (s *Store) spoken(l words.Lang) {
	words.SetLanguage(l)
	browser.SetRoot("lang", string(l))
	s.change(func(st *State) { st.Lang = l })
}

// SetTheme switches the colours, now and at the next visit.
func (s *Store) SetTheme(t Theme) {
	browser.Keep(keptTheme, string(t))
	browser.SetRoot("data-theme", string(t))
	s.change(func(st *State) { st.Theme = t })
}

// NextTheme is the one after t when a person goes through them: as the system,
// light, dark.
func NextTheme(t Theme) Theme {
	switch t {
	case Auto:
		return Light
	case Light:
		return Dark
	}
	return Auto
}

// languageOf is that of a tag (BCP 47): every kind of Chinese is Chinese, all else English.
func languageOf(tag string) words.Lang {
	if strings.HasPrefix(strings.ToLower(tag), "zh") {
		return words.Chinese
	}
	return words.English
}

// themeOf is the theme of a word, Auto for any other.
func themeOf(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return Auto
}
