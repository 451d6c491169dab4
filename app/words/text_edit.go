package words

func init() {
	speak(map[string]string{
		"teach.removed.samples": "Removed {0} examples.",
		"teach.moved.many":      "Moved {0:example|examples} to {1}.",
		"teach.moved.class":     "Moved {0} to place {1}.",
		"teach.merged":          "Merged {0} into {1}.",
		"teach.split":           "Made a class of {0:example|examples}.",
		"teach.renamed":         "Named a class {0}.",
		"teach.added.class":     "Added a class.",
		"teach.switched.off":    "Switched {0} off: its examples are kept, but not learned.",
		"teach.switched.on":     "Switched {0} on.",
		"teach.undone":          "Undone: {0}",
		"teach.redone":          "Done again: {0}",
		"edit.undo":             "Undo (Ctrl+Z): {0}",
		"edit.redo":             "Redo (Ctrl+Shift+Z): {0}",
		"edit.undo.none":        "Nothing to undo",
		"edit.redo.none":        "Nothing to redo",

		"class.tools":       "More for {0}",
		"class.up":          "Up",
		"class.up.label":    "Move {0} up",
		"class.down":        "Down",
		"class.down.label":  "Move {0} down",
		"class.off":         "Switch off",
		"class.off.label":   "Switch {0} off",
		"class.on":          "Switch on",
		"class.on.label":    "Switch {0} on",
		"class.all":         "Select all",
		"class.all.label":   "Select all examples of {0}",
		"class.merge":       "Merge into",
		"class.merge.label": "Merge {0} into another class",

		"select.n":          "{0} selected",
		"select.move":       "Move to",
		"select.move.label": "Class to move the selected examples to",
		"select.split":      "New class",
		"select.none":       "Select nothing",
	})
}
