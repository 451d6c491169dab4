package words

import (
	"strings"
	"unicode"

	"wafer/nn/names"
)

// CleanName makes a name one line without spaces around it, at most 60 letters.
func CleanName(name string) string {
	name = strings.Join(strings.Fields(names.Passage.Clean(name)), " ")
	if letters := []rune(name); len(letters) > 60 {
		name = strings.TrimSpace(string(letters[:60]))
	}
	return name
}

// straight is a text without the characters that turn the direction of what follows: a name that ends with one would
// turn the sentence around it, too.
func straight(text string) string {
	if strings.IndexFunc(text, names.Turns) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if names.Turns(r) {
			return -1
		}
		return r
	}, text)
}

// FileName is the name under which a model is downloaded.
func FileName(title string) string { return FileStem(title) + ".wafer" }

// FileStem is a title without what a file system may refuse.
func FileStem(title string) string {
	words := strings.FieldsFunc(straight(title), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>:"/\|?*`, r)
	})
	name := strings.Trim(strings.Join(words, "-"), ".-")
	if name == "" {
		name = "model"
	}
	return name
}

// TitleOf is a title made of a file's name, or of the outermost folder's of a path.
func TitleOf(path string) string {
	name, _, folder := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if i := strings.LastIndexByte(name, '.'); i > 0 && !folder {
		name = name[:i]
	}
	return CleanName(name)
}
