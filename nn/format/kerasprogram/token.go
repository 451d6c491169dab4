package kerasprogram

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wafer/nn/say"
)

// kind is what a token is.
type kind int

const (
	name kind = iota
	number
	text     // a string literal; token.text is its value
	template // a string with blanks, f"…"; its value is not known
	operator
)

// token is a word of a program.
type token struct {
	kind kind
	text string
}

// line is a logical line: what stands between brackets or behind a backslash goes on over line ends.
type line struct {
	number int // of its first line in the file, from 1
	indent int // columns before it
	tokens []token
	source string // its first line as it is written
}

// lexer cuts a program into logical lines.
type lexer struct {
	rest   string
	number int
	depth  int // of open brackets
	out    []line
}

// lines reads the whole program. Comments and empty lines are left out.
func lines(program string) ([]line, error) {
	l := &lexer{rest: strings.ReplaceAll(strings.ReplaceAll(program, "\r\n", "\n"), "\r", "\n"), number: 1}
	for l.rest != "" {
		if err := l.line(); err != nil {
			return nil, say.Errorf("line %d: %w", l.number, err)
		}
	}
	return l.out, nil
}

// line reads one logical line.
func (l *lexer) line() error {
	first, _, _ := strings.Cut(l.rest, "\n")
	now := line{number: l.number, indent: l.indent(), source: strings.TrimSpace(first)}
	if l.depth == 0 && l.rest != "" && strings.IndexByte("!%", l.rest[0]) >= 0 { // a notebook's command
		l.take(len(strings.SplitN(l.rest, "\n", 2)[0]))
	}
	for l.rest != "" {
		switch c := l.rest[0]; {
		case c == '\n':
			l.take(1)
			l.number++
			if l.depth > 0 {
				continue
			}
			l.keep(now)
			return nil
		case c == '#':
			l.take(len(l.rest) - len(strings.TrimLeftFunc(l.rest, func(r rune) bool { return r != '\n' })))
		case strings.HasPrefix(l.rest, "\\\n"):
			l.take(2)
			l.number++
		case c == ' ' || c == '\t' || c == '\f':
			l.take(1)
		case c == ';' && l.depth == 0:
			l.take(1)
			l.keep(now)
			now.tokens = nil
		default:
			t, err := l.token()
			if err != nil {
				return err
			}
			now.tokens = append(now.tokens, t)
		}
	}
	l.keep(now)
	return nil
}

func (l *lexer) keep(now line) {
	if len(now.tokens) > 0 {
		l.out = append(l.out, now)
	}
}

// take removes the first bytes of the rest and returns them.
func (l *lexer) take(n int) string {
	taken := l.rest[:n]
	l.rest = l.rest[n:]
	return taken
}

func (l *lexer) indent() (columns int) {
	for l.rest != "" {
		switch l.rest[0] {
		case ' ':
			columns++
		case '\t':
			columns += 8 - columns%8
		default:
			return columns
		}
		l.take(1)
	}
	return columns
}

func (l *lexer) token() (token, error) {
	if n := wordLength(l.rest); n > 0 {
		if rest := l.rest[n:]; n <= 2 && rest != "" && (rest[0] == '"' || rest[0] == '\'') && isPrefix(l.rest[:n]) {
			return l.literal(strings.ToLower(l.take(n)))
		}
		return token{name, l.take(n)}, nil
	}
	c := l.rest[0]
	switch {
	case c == '"' || c == '\'':
		return l.literal("")
	case c >= '0' && c <= '9' || c == '.' && len(l.rest) > 1 && l.rest[1] >= '0' && l.rest[1] <= '9':
		return token{number, strings.ReplaceAll(l.take(numberLength(l.rest)), "_", "")}, nil
	case strings.IndexByte("([{", c) >= 0:
		if l.depth++; l.depth > maxDepth {
			return token{}, say.Errorf("brackets are nested deeper than %d levels", maxDepth)
		}
	case strings.IndexByte(")]}", c) >= 0:
		if l.depth--; l.depth < 0 {
			return token{}, say.Errorf("%q closes nothing", string(c))
		}
	}
	return token{operator, l.take(operatorLength(l.rest))}, nil
}

// maxDepth bounds brackets in brackets, and blocks in blocks.
const maxDepth = 50

func wordLength(s string) int {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return i
		}
	}
	return len(s)
}

// isPrefix tells the letters that may stand before a string.
func isPrefix(s string) bool { return strings.Trim(s, "rRbBuUfF") == "" }

// numberLength is that of a number, such as 1_000, 1., 0x1f and 1e-4.
func numberLength(s string) int {
	n := 0
	for n < len(s) {
		c := s[n] | 0x20
		sign := (s[n] == '-' || s[n] == '+') && s[n-1]|0x20 == 'e' && !strings.HasPrefix(s, "0x")
		if !sign && s[n] != '.' && s[n] != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			break
		}
		n++
	}
	return n
}

func operatorLength(s string) int {
	for _, op := range []string{"**=", "//=", "...", "**", "//", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=",
		"->", ":="} {
		if strings.HasPrefix(s, op) {
			return len(op)
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// literal reads a string behind its prefix.
func (l *lexer) literal(prefix string) (token, error) {
	quote := l.rest[:1]
	if strings.HasPrefix(l.rest, strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	l.take(len(quote))
	var value strings.Builder
	for !strings.HasPrefix(l.rest, quote) {
		switch {
		case l.rest == "" || l.rest[0] == '\n' && len(quote) == 1:
			return token{}, say.New("a string has no end")
		case l.rest[0] == '\\' && len(l.rest) > 1:
			if l.rest[1] == '\n' {
				l.number++
			}
			value.WriteString(l.escape(strings.Contains(prefix, "r")))
			continue
		case l.rest[0] == '\n':
			l.number++
		}
		value.WriteString(l.take(1))
	}
	l.take(len(quote))
	if strings.Contains(prefix, "f") {
		return token{template, value.String()}, nil
	}
	return token{text, value.String()}, nil
}

// escape reads what a backslash and what follows stand for; the rare ones stay as they are.
func (l *lexer) escape(raw bool) string {
	if raw {
		return l.take(2)
	}
	if n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[l.rest[1]]; n > 0 && len(l.rest) >= 2+n {
		if code, err := strconv.ParseUint(l.rest[2:2+n], 16, 32); err == nil {
			l.take(2 + n)
			return string(rune(code))
		}
	}
	s := l.take(2)
	switch s[1] {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '\\', '\'', '"':
		return s[1:]
	case '\n':
		return ""
	}
	return s
}
