package words

import "strings"

// IsKept says whether what a reason counts was taken all the same.
func IsKept(why string) bool { return why == "mark" || why == "case" || why == "joined" }

// Left is what was left out for one reason, as a part of a sentence: how many, why, and the first places.
func Left(why string, count int, where []string) *Say {
	var places *Say
	for _, w := range where {
		place := Of("read.place", w)
		if line, ok := strings.CutPrefix(w, "line "); ok {
			place = Of("read.line", line)
		}
		if places == nil {
			places = place
		} else {
			places = Of("read.comma", places, place)
		}
	}
	if count > len(where) && places != nil {
		places = Of("read.more", places)
	}
	if places == nil {
		places = Of("read.place", "…")
	}
	return Of("read.left."+why, count, places)
}
