package words

func init() {
	speak(map[string]string{
		"nav.label":    "Pages",
		"nav.classify": "Classify",
		"nav.teach":    "Teach",
		"nav.models":   "Models",
		"nav.skip":     "Skip to the content",

		"shell.language":    "中文",
		"shell.language.to": "Switch to Chinese",
		"shell.theme.auto":  "Colours: as the system",
		"shell.theme.light": "Colours: light",
		"shell.theme.dark":  "Colours: dark",
		"shell.private": "Everything runs in this tab. What leaves it: requests for the page and its models, " +
			"nothing of " +
			"yours.",
		"shell.private.jobs": "Everything runs in this tab. What leaves it: requests for the page and its models, " +
			"and what you " +
			"send to the server yourself, after a list of it.",
		"shell.install":      "Install",
		"shell.install.hint": "Install Wafer as an app of its own; it works without a connection",
		"shell.update":       "A new version of Wafer is ready.",
		"shell.update.now":   "Reload",
		"shell.drop.overlay": "Drop it anywhere",
		"shell.old": "This browser is too old to run models: it lacks SIMD in WebAssembly or canvases in workers, " +
			"which every browser has since March 2023. Please update it, or open this page in another.",
		"shell.onethread": "This browser runs models on one thread here, because the page is not isolated from " +
			"others; " +
			"answers are the same, only slower. Several threads need an address with https (or this machine's " +
			"own) and the server's headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.",

		"kept.safe": "The browser has promised to keep what you add here until you delete it.",
		"kept.unsafe": "The browser keeps what you add here, but may clear it when the disk runs short. Download " +
			"what you " +
			"cannot lose.",

		"title.classify": "Classify – Wafer",
		"title.teach":    "Teach – Wafer",
		"title.models":   "Models – Wafer",

		"unit.bytes": "{0:byte|bytes}",
	})
}
