package data

import (
	"strings"
)

// dialect is how a table of cells is written.
type dialect struct {
	delimiter string // between cells
	width     int    // cells of most rows; 0: not known yet
	literal   bool   // a quotation mark is a character as others, unless a row has another width without its meaning
	trusted   bool   // quotation marks are there where a row of one line needs them, and nowhere odd
	escaped   bool   // \" is a mark inside a cell, as MySQL and Spark write it
	joins     int    // the cell that further ones of a wider row belong to, noJoin where there is none such
}

const noJoin = -1

// delimiters are tried in this order; the last are those of Hive and of ASCII, and those of Chinese and Japanese
// people, which are in their texts as well.
var delimiters = []string{"\t", ",", ";", "|", "^", "~", "\x01", "\x1f", "，", "；"}

// maxCell bounds how far the end of a quoted cell is looked for, bytes.
const maxCell = 1 << 20

// looked is how many bytes of a table are read to find its dialect.
const looked = 1 << 18

// row cuts the first row off: its cells, how many line ends it had, and whether a quotation mark in it was taken as it
// stands because nothing closes it.
func (d dialect) row(s string) (cells []string, rest string, lines int, odd bool) {
	line, rest := cutLine(s)
	cells = strings.Split(line, d.delimiter)
	if d.escaped {
		return d.quoted(s)
	}
	if strings.IndexByte(line, '"') < 0 || d.literal && len(cells) == d.width {
		return cells, rest, 1, false
	}
	quoted, after, lines, odd := d.quoted(s)
	if d.literal && (odd || len(quoted) != d.width) {
		return cells, rest, 1, false
	}
	return quoted, after, lines, odd
}

// cutLine cuts at \n, \r\n or \r.
func cutLine(s string) (line, rest string) {
	i := strings.IndexAny(s, "\r\n")
	if i < 0 {
		return s, ""
	}
	if strings.HasPrefix(s[i:], "\r\n") {
		return s[:i], s[i+2:]
	}
	return s[:i], s[i+1:]
}

// quoted reads a row cell by cell. Once nothing closes a mark, later ones of the row are not tried.
func (d dialect) quoted(s string) (cells []string, rest string, lines int, odd bool) {
	lines = 1
	open := false
	for {
		var cell, after string
		ok := false
		if !open {
			cell, after, ok, open = d.cell(s, len(cells))
		}
		if !ok {
			odd = odd || strings.HasPrefix(strings.TrimLeft(s, " "), `"`)
			i := d.end(s)
			cell, after = d.unescaped(s[:i]), s[i:]
		} else {
			lines += lineEnds(cell)
			if strings.IndexByte(cell, '\r') >= 0 {
				cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n")
			}
		}
		cells = append(cells, cell)
		if after == "" || !strings.HasPrefix(after, d.delimiter) {
			_, rest = cutLine(after)
			return cells, rest, lines, odd
		}
		s = after[len(d.delimiter):]
	}
}

// lineEnds counts \n, \r and \r\n, each as one.
func lineEnds(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, "\r") - strings.Count(s, "\r\n")
}

// end is where the cell at the beginning of s ends when nothing is quoted.
func (d dialect) end(s string) int {
	for i := 0; i < len(s); i++ {
		if d.escaped && s[i] == '\\' && i+1 < len(s) && s[i+1] == d.delimiter[0] {
			i++
		} else if s[i] == '\n' || s[i] == '\r' || s[i] == d.delimiter[0] && strings.HasPrefix(s[i:], d.delimiter) {
			return i
		}
	}
	return len(s)
}

// unescaped takes the backslashes away that stand before a mark, a delimiter, a line end or another one.
func (d dialect) unescaped(cell string) string {
	if !d.escaped || strings.IndexByte(cell, '\\') < 0 {
		return cell
	}
	var b strings.Builder
	for i := 0; i < len(cell); i++ {
		if cell[i] == '\\' && i+1 < len(cell) && strings.IndexByte("\"\\\n"+d.delimiter, cell[i+1]) >= 0 {
			i++
		}
		b.WriteByte(cell[i])
	}
	return b.String()
}

// cell reads a quoted cell, the one after so many others of its row. A mark inside that is neither doubled nor before a
// delimiter belongs to the text, as long as the cell stays in its line. ok is false where the cell is not quoted or
// where the mark closes nothing; open says that there is none which could.
func (d dialect) cell(s string, before int) (text, after string, ok, open bool) {
	body := strings.TrimLeft(s, " ")
	if !strings.HasPrefix(body, `"`) {
		return "", "", false, false
	}
	body = body[1:]
	doubled, stray, lines := false, false, false
	for i := 0; i < min(len(body), maxCell); i++ {
		switch body[i] {
		case '\\':
			if d.escaped {
				i++
			}
		case '\n', '\r':
			if lines = true; stray {
				return "", "", false, true
			}
		case '"':
			after := strings.TrimLeft(body[i+1:], " ")
			switch {
			case strings.HasPrefix(body[i+1:], `"`):
				doubled = true
				i++
			case after == "", after[0] == '\n', after[0] == '\r', strings.HasPrefix(after, d.delimiter):
				text = body[:i]
				if d.swallows(text, before, after) {
					return "", "", false, true
				}
				if doubled {
					text = strings.ReplaceAll(text, `""`, `"`)
				}
				return d.unescaped(text), after, true, false
			case lines:
				return "", "", false, true
			default:
				stray = true
			}
		}
	}
	return "", "", false, true
}

// swallows says whether a cell of several lines would be rows of their own, had its marks no meaning.
func (d dialect) swallows(text string, before int, after string) bool {
	if d.trusted || d.width < 2 || !strings.ContainsAny(text, "\r\n") {
		return false
	}
	tail, _ := cutLine(after)
	for lines, rest := 0, text; rest != ""; lines++ {
		var line string
		line, rest = cutLine(rest)
		cells := 1 + strings.Count(line, d.delimiter)
		if lines == 0 {
			cells += before
		}
		if rest == "" {
			cells += strings.Count(tail, d.delimiter)
		}
		if cells != d.width {
			return false
		}
	}
	return true
}

// dialectOf finds how a table is written: the delimiter that gives most rows the same number of cells, two or more; of
// several, the one with more cells. A first line sep=X decides and is cut off.
//
// form "tsv" is text/tab-separated-values (IANA), which does not quote: a mark is a character.
func dialectOf(content, form string) (d dialect, body string) {
	usual := "\t"
	if form == "csv" {
		usual = ","
	}
	if sep, rest := named(content); sep != "" {
		return measured(rest, sep), rest
	}
	whole := content
	content = headed(content)
	best, share := dialect{delimiter: usual, joins: noJoin}, 0.0
	for _, sep := range append([]string{usual}, delimiters...) {
		got := measured(content, sep)
		got.literal = got.literal || sep == "\t" && form == "tsv"
		if sep > "\x7f" && !got.divides(content) {
			continue
		}
		alike := got.alike(content)
		if sep == "\t" && got.width >= 2 && alike > 0.9 {
			return got, whole // texts have no tabs
		}
		if got.width >= 2 && (alike > share+0.001 || alike > share-0.001 && got.width > best.width) {
			best, share = got, alike
		}
	}
	least := 0.5
	if usual == "\t" || best.oneCell(content) {
		least = 0.9
	}
	if share < least {
		return dialect{delimiter: noDelimiter, width: 1, joins: noJoin}, whole
	}
	return best, whole
}

// noDelimiter is in no text: every line is one cell.
const noDelimiter = "\x00"

// oneCell says whether the first row has one cell only, as the head of a single column of sentences.
func (d dialect) oneCell(content string) bool {
	first, rest := cutLine(content)
	return rest != "" && !strings.Contains(first, d.delimiter)
}

// heads calls do for the first rows that are not blank.
func (d dialect) heads(content string, do func(cells []string)) {
	whole := len(content) <= looked
	content = content[:min(len(content), looked)]
	for rows := 0; content != "" && rows < 2000; rows++ {
		var cells []string
		cells, content, _, _ = d.row(content)
		if content == "" && !whole && rows > 0 {
			return // is cut
		}
		if !blank(cells) {
			do(cells)
		}
	}
}

// named is the delimiter that a first line sep=; names, as Excel reads it, and what follows that line; "" where there
// is none.
func named(content string) (delimiter, rest string) {
	first, rest := cutLine(content)
	if name := strings.Trim(first, "\" "); len(name) >= 5 && len(name) <= 8 && strings.EqualFold(name[:4], "sep=") {
		return strings.ReplaceAll(name[4:], `\t`, "\t"), rest
	}
	return "", content
}

// measured is the dialect with a delimiter, with the width that most rows have.
func measured(content, delimiter string) dialect {
	d := dialect{delimiter: delimiter, joins: noJoin}
	d.literal = delimiter == "\t" && !marksMeanQuotes(content)
	d.measure(content)
	if delimiter != "\t" && strings.Contains(content[:min(len(content), looked)], `\"`) {
		e := d
		e.escaped = true
		e.measure(content)
		if e.width == d.width && e.alike(content) >= d.alike(content) && e.odds(content) <= d.odds(content) {
			d = e
		}
	}
	d.trusted = d.needsMarks(content)
	d.loosen(content)
	return d
}

// odds counts marks that close nothing among the first rows.
func (d dialect) odds(content string) (n int) {
	content = content[:min(len(content), looked)]
	for rows := 0; content != "" && rows < 2000; rows++ {
		_, rest, _, odd := d.row(content)
		if odd && rest != "" {
			n++
		}
		content = rest
	}
	return n
}

// measure finds the width that most rows have.
func (d *dialect) measure(content string) {
	count := map[int]int{}
	d.width = 0
	d.heads(content, func(cells []string) {
		n := len(cells)
		if count[n]++; count[n] > count[d.width] || count[n] == count[d.width] && n > d.width {
			d.width = n
		}
	})
}

// needsMarks says whether rows of one line have the right width only because of their quotation marks, and none is odd.
func (d dialect) needsMarks(content string) bool {
	needed := 0
	content = content[:min(len(content), looked)]
	for content != "" {
		line, _ := cutLine(content)
		cells, rest, lines, odd := d.row(content)
		if odd && rest != "" {
			return false
		}
		if lines == 1 && len(cells) == d.width && strings.Count(line, d.delimiter) != d.width-1 {
			needed++
		}
		content = rest
	}
	return needed > 0
}

// alike is the share of rows that have the width.
func (d dialect) alike(content string) float64 {
	same, all := 0, 0
	d.heads(content, func(cells []string) {
		if all++; len(cells) == d.width || d.joins != noJoin && len(cells) > d.width {
			same++
		}
	})
	return float64(same) / float64(max(1, all))
}

// marksMeanQuotes says whether every cell of a tabbed table that has a quotation mark is quoted by the rules: then the
// program that wrote it quotes.
func marksMeanQuotes(content string) bool {
	found := false
	content = content[:min(len(content), looked)]
	for content != "" {
		var line string
		line, content = cutLine(content)
		if strings.IndexByte(line, '"') < 0 {
			continue
		}
		for _, cell := range strings.Split(line, "\t") {
			if !strings.Contains(cell, `"`) {
				continue
			}
			inside, begins := strings.CutPrefix(cell, `"`)
			inside, ends := strings.CutSuffix(inside, `"`)
			if !begins || !ends || strings.Contains(strings.ReplaceAll(inside, `""`, ""), `"`) {
				return false
			}
			found = true
		}
	}
	return found
}

// blank tells a row of nothing but white space.
func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
