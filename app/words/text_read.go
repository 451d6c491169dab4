package words

func init() {
	speak(map[string]string{
		"read.failed":      "{0}",
		"read.table":       "{0}: added {1:example|examples}; the text from {2}.",
		"read.table.label": "{0}: added {1:example|examples}; the text from {2}, the class from {3}.",
		"read.broken": "{0:character|characters} could not be read and stand as �; was the file cut or saved " +
			"in another encoding?",
		"read.lone":       "Classes of one example only: {0}.",
		"read.taken.left": "{0} Left out: {1}.",
		"read.column":     "column {0}",
		"read.and":        "{0}; {1}",
		"read.comma":      "{0}, {1}",
		"read.more":       "{0}, …",
		"read.place":      "{0}",
		"read.line":       "line {0}",
		"read.same":       "{0:that was there already|that were there already}",
		"read.split":      "no part: train and validation are used together",
		"read.test":       "from learning {0:example|examples} of the folder test, kept to test with",
		"read.test.table": "from learning all of them, kept to test with",
		"read.files":      "There are {0:file|files}; up to {1} can be read at once.",

		"read.left.text":    "{0} without a text ({1})",
		"read.left.label":   "{0} without a class ({1})",
		"read.left.several": "{0} with several classes ({1})",
		"read.left.wide": "{0} with more cells than there are columns ({1}); a text with a separator in it needs " +
			"quotation " +
			"marks",
		"read.left.short": "{0:that ends before|that end before} the text or the class ({1})",
		"read.left.mark": "nothing, but {0:quotation mark that closes nothing was taken as it stands|quotation " +
			"marks that close " +
			"nothing were taken as they stand} ({1})",
		"read.left.hidden": "{0:hidden file or file that a system leaves behind|hidden files or files that systems " +
			"leave behind} ({1})",
		"read.left.kind":   "{0:file|files} of another kind ({1})",
		"read.left.beside": "{0:file|files} beside the folders of the classes ({1})",
		"read.left.link":   "{0:link|links} ({1})",
		"read.left.unread": "{0} that cannot be read ({1})",
		"read.left.empty":  "{0:that is empty|that are empty} ({1})",
		"read.encoding":    "{0} The file was read as {1}; where letters look wrong, choose another encoding.",
		"read.kept":        "{0} Kept: {1}.",
		"read.left.case":   "{0} whose class is written in other capitals, taken as the same ({1})",
		"read.left.joined": "{0:row whose text holds|rows whose texts hold} separators without quotation marks, put " +
			"together ({1})",
		"read.left.boxes": "{0} pictures with boxes or outlines in place of a class: export a folder per class, " +
			"or a table from file to class ({1})",
		"read.left.repeated": "{0} with the names of the columns once more ({1})",
		"read.left.above":    "{0:row|rows} above the names of the columns ({1})",
		"read.left.second":   "{0:row|rows} of units, types or names below the names of the columns ({1})",
		"read.left.unlisted": "{0} that the table of labels does not name ({1})",
		"read.left.format": "{0:picture|pictures} as HEIC, AVIF, TIFF, BMP or the like, not read: " +
			"save them as JPEG or PNG ({1})",
		"read.left.untrained": "{0} of a class without training examples ({1})",

		"ask.title":       "Which column is which in {0}?",
		"ask.encoding":    "Read it as",
		"ask.lead":        "The table does not say it for certain. Its first rows:",
		"ask.header":      "The first row names the columns",
		"ask.text":        "Text",
		"ask.label":       "Class",
		"ask.label.none":  "no column",
		"ask.do":          "Use these columns",
		"ask.drop":        "Leave this table out",
		"ask.same":        "Text and class must be two columns.",
		"ask.nolabel":     "Choose the column of the classes, or drop the table on one class.",
		"table.text":      "Text column",
		"table.truth":     "True label",
		"table.truth.no":  "not in the table",
		"table.correct":   "{0} of {1} right ({2})",
		"table.wrong":     "Only the wrong ones ({0})",
		"table.confusion": "Rows: the true label. Columns: the answer.",
		"table.left":      "Left out: {0}.",
	})
}
