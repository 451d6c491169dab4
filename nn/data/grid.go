package data

import "strings"

// A grid is a table as people and programs draw it in text: Markdown's, with a line of dashes below the header, those
// of psql and mysql, reStructuredText's.

// gridOf are the rows of a grid and their width; nil where the text is none. Lines without a bar are no part of it.
func gridOf(content string) (each func(rowFunc) error, width int) {
	bars, lines, ruled := 0, 0, false
	rest := content[:min(len(content), looked)]
	for before := ""; rest != "" && lines < 200; {
		var line string
		line, rest = cutLine(rest)
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		lines++
		isBar := strings.Contains(line, "|")
		if isRule(line) {
			ruled = ruled || bars == 0 || bars == 1 && strings.Contains(before, "|")
			lines--
		} else if isBar {
			bars++
			width = max(width, len(gridCells(line)))
		}
		before = line
	}
	if !ruled || bars < 2 || 2*bars < lines {
		return nil, 0
	}
	return func(do rowFunc) error {
		for at, rest := 1, content; rest != ""; at++ {
			var line string
			line, rest = cutLine(rest)
			if line = strings.TrimSpace(line); !strings.Contains(line, "|") || isRule(line) {
				continue
			}
			if cells := gridCells(line); !blank(cells) {
				if err := do(at, cells, false); err != nil {
					return err
				}
			}
		}
		return nil
	}, width
}

// isRule says whether a line draws a line: |---|:-:|, ---+---, +====+.
func isRule(line string) bool {
	return len(line) >= 3 && strings.Trim(line, "|+-=: ") == "" && strings.ContainsAny(line, "|+") &&
		strings.ContainsAny(line, "-=")
}

// gridCells are the cells of a line: between bars, of which \| is none.
func gridCells(line string) (cells []string) {
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	cell := 0
	end := func(to int) {
		cells = append(cells, strings.TrimSpace(strings.ReplaceAll(line[cell:to], `\|`, "|")))
		cell = to + 1
	}
	for i := range len(line) {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			end(i)
		}
	}
	end(len(line))
	return cells
}

// fastText reads lines of the program fastText: labels that begin with __label__, then the text. nil: there are none.
func fastText(content string) func(rowFunc) error {
	marked, lines := 0, 0
	for rest := content[:min(len(content), looked)]; rest != ""; {
		var line string
		line, rest = cutLine(rest)
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if lines++; strings.HasPrefix(line, labelMark) {
			marked++
		}
	}
	if marked == 0 || 10*marked < 9*lines {
		return nil
	}
	return func(do rowFunc) error {
		for at, rest := 1, content; rest != ""; at++ {
			var line string
			line, rest = cutLine(rest)
			labels, text := fastTextLine(strings.TrimSpace(line))
			if text == "" && labels == "" {
				continue
			}
			if err := do(at, []string{labels, text}, false); err != nil {
				return err
			}
		}
		return nil
	}
}

const labelMark = "__label__"

// fastTextLine takes the labels off the beginning of a line; several come joined by the character that parts labels of
// one cell. A label ends at a blank, a tab or a comma.
func fastTextLine(line string) (labels, text string) {
	var list []string
	for strings.HasPrefix(line, labelMark) {
		line = line[len(labelMark):]
		end := strings.IndexAny(line, " \t,")
		if end < 0 {
			end = len(line)
		}
		if line[:end] != "" {
			list = append(list, line[:end])
		}
		line = strings.TrimLeft(line[end:], " \t,")
	}
	return strings.Join(list, listed), line
}
