package preprocess

import "strings"

// Covering is an encoder of texts that knows what the places of its rows stand for.
type Covering interface {
	// Cover goes through the row of a text that consists of parts, see text.Parts: each hears of every place and part
	// that it stands for, and how much of that. ok is false where that cannot be told.
	Cover(parts []string, each func(place, part, weight int)) (ok bool)
}

// Cover says that a piece stands for the part that it ends in.
func (e *unigramEncoder) Cover(parts []string, each func(place, part, weight int)) (ok bool) {
	list := e.pieces.Owners(parts)
	for place, part := range list {
		if place < e.length {
			each(place, part, 1)
		}
	}
	return list != nil
}

// Cover says that an n-gram stands for what it lies over.
func (e *ngramEncoder) Cover(parts []string, each func(place, part, weight int)) (ok bool) {
	places := map[int32]int{}
	row := make([]int32, e.length)
	e.grams.Row(row, strings.Join(parts, ""))
	for place, number := range row {
		if number > 0 {
			places[number] = place
		}
	}
	e.grams.Cover(parts, func(number int32, part, bytes int) {
		if place, kept := places[number]; kept {
			each(place, part, bytes)
		}
	})
	if e.rest == nil {
		return true
	}
	rest, is := e.rest.(Covering)
	return is && rest.Cover(parts, func(place, part, weight int) { each(e.length+place, part, weight) })
}
