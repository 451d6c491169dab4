package words

func init() {
	speak(map[string]string{
		"bundle.download":      "Download the project",
		"bundle.download.hint": "One ZIP file: examples in the folders of their classes, recipe, report and model",
		"bundle.open":          "Open a project",
		"bundle.open.hint": "A ZIP file that was downloaded here; it takes the place of what is here, " +
			"until you undo that",
		"bundle.name":    "{0} (project)",
		"bundle.packing": "Packing {0} of {1}…",
		"bundle.done":    "The project with its {0:example|examples} is on its way to your downloads.",
		"bundle.failed":  "The project could not be packed: {0}",
		"bundle.many":    "There are {0} examples; an archive holds {1} files at most.",
		"bundle.large":   "It takes {0}; an archive of 4 GB is the largest.",
		"bundle.sums":    "{0} sums came back for {1} files.",
		"bundle.opened":  "Opened {0}: {1:example|examples} of {2:class|classes}.",
		"bundle.shared": "Another tab has this project open, too: what is changed there appears here, " +
			"and nothing is lost.",

		"bundle.damaged": "{0} cannot be opened as a project: {1}",
		"bundle.version": "it is of version {0}, and this page reads version {1}.",
		"bundle.kind":    "expected a project of images or texts, found “{0}”.",
		"bundle.rows":    "{0} has {1:row|rows} for {2:example|examples}.",
		"bundle.class":   "example {0} belongs to class {1} of {2}.",
		"bundle.text":    "the text in row {0} is empty or longer than {1}.",
		"bundle.missing": "the file {0} is missing.",

		"teach.class.tests": "{0}, {1} to test",
	})
}
