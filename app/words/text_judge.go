package words

func init() {
	speak(map[string]string{
		"judge.narrow": "All examples of {0} come from one recording, so this number is likely too high. Record it " +
			"again, at another place.",
		"judge.features": "Texts are known by {0}.",
		"judge.features.of": "Texts are known by {0}: right for {1} of the examples when they were held out, " +
			"against {2}.",
		"judge.features.against": "{1} by {0}",
		"judge.features.and":     " and ",
		"judge.features.n-grams": "short pieces of words and characters (n-grams)",
		"judge.features.both":    "sentence vectors together with n-grams",
		"judge.features.base":    "sentence vectors",

		"judge.title": "Where it is wrong",
		"judge.none":  "Every example was answered rightly when it was held out.",
		"judge.how": "Each of {0:example|examples} was held out once from a model that learned from the " +
			"others.",
		"judge.title-test":    "Where it is wrong on the test set",
		"judge.none-test":     "Every example of the test set was answered rightly.",
		"judge.how-test":      "Answers to {0:example|examples} that were never learned from.",
		"judge.wrong-test":    "Wrong on the test set",
		"judge.csv.name-test": "test-figures",

		"curves.title":       "Curves, and when not to answer",
		"curves.wait":        "Drawing…",
		"curves.sure":        "Answer only from this probability on",
		"curves.sure.why":    "Below it the model says “I don’t know”. It is kept with the model.",
		"curves.sure.always": "It always answers; {0} of the answers are right.",
		"curves.sure.at":     "From {0} on: {1} get an answer, {2} of these right.",
		"curves.sure.never":  "From {0} on: none of the examples gets an answer.",
		"curves.take":        "Download “{0}” as {1}",
		"curves.losses":      "What surprised it most",
		"curves.loss":        "It is {0}; the model gave that {1}.",

		"test.title": "Test set",
		"test.why": "Kept apart, never learned from: a fair last word on the model. Each look uses it up a " +
			"little, so look " +
			"when you are done.",
		"test.do":      "Measure on the test set ({0:example|examples})",
		"test.stop":    "Stop",
		"test.running": "Answering the test set…",
		"test.done":    "{0} of {1}",
		"test.verdict": "Test set: right for {0} of {1:example|examples}. For new ones expect between {2} and {3}.",
		"test.earlier": "This is about an earlier model: you have changed something since.",
		"test.others":  "The test set has changed since.",
		"test.used": "This test set has measured {0} models by now. Whoever chooses between them by it gets a " +
			"number that is " +
			"too good: collect new test examples for the last word.",
		"test.rejected": "{0} would have got no answer; of the other {2}, {1} were right.",
		"test.failed":   "{0} could not be read and do not count.",
		"test.none":     "None of the examples could be read.",

		"judge.go.class":      "Go to {0}",
		"judge.go.wrong":      "Look at it",
		"judge.copies":        "The same example, or nearly, stands in two classes",
		"judge.copies.delete": "Delete from {0}",
		"judge.other":         "It is…",
		"judge.other.label":   "Class of {0}",
		"judge.cell":          "{0} taken for {1}: {2}",

		"judge.behind.none": "They are moved or deleted by now.",
		"judge.figures":     "Figures of each class",
		"judge.columns":     "class|precision|recall|F1|examples",
		"judge.macro":       "mean of the classes",
		"judge.csv":         "Download as CSV",
		"judge.csv.name":    "figures",

		"judge.wrong":       "Wrong when they were held out",
		"judge.wrong.one":   "It is {0}; the model said {1} ({2}).",
		"judge.wrong.more":  "{0} more are not shown.",
		"judge.move":        "It is {0}",
		"judge.move.label":  "Move {0} to {1}",
		"judge.delete":      "Delete",
		"judge.delete.name": "Delete {0}",

		"judge.advice":             "What would help",
		"judge.advice.more":        "Add more examples of {0}: it is often taken for another class.",
		"judge.advice.more.few":    "Add more examples of {0}: with so few, the number above is rough.",
		"judge.advice.alike":       "{0} and {1} look alike to the model: add examples that show the difference.",
		"judge.advice.swapped.one": "One example of {0} looks like {1}: check its class.",
		"judge.advice.swapped":     "{2} examples of {0} look like {1}: check their class.",
	})
}
