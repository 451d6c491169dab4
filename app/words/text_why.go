package words

func init() {
	speak(map[string]string{
		"why.ask":  "Why?",
		"why.hide": "Hide why",
		"why.busy": "Looking for what spoke for it…",
		"why.left": "Left out: {0}. The bars show the answer to the rest.",
		"why.back": "Put all back",
	})
}
