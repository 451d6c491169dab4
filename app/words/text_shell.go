package words

func init() {
	speak(map[string]text{
		"nav.label":    {"Pages", "页面"},
		"nav.classify": {"Classify", "识别"},
		"nav.teach":    {"Teach", "教学"},
		"nav.models":   {"Models", "模型"},
		"nav.skip":     {"Skip to the content", "跳到正文"},

		"shell.language":    {"中文", "English"},
		"shell.language.to": {"Switch to Chinese", "切换为英文"},
		"shell.theme.auto":  {"Colours: as the system", "颜色：跟随系统"},
		"shell.theme.light": {"Colours: light", "颜色：浅色"},
		"shell.theme.dark":  {"Colours: dark", "颜色：深色"},
		"shell.private": {
			"Everything runs in this tab. What leaves it: requests for the page and its models, nothing of " +
				"yours.",
			"一切都在本标签页内运行。离开本页的只有对网页和模型文件的请求，不含您的任何内容。",
		},
		"shell.private.jobs": {
			"Everything runs in this tab. What leaves it: requests for the page and its models, and what you " +
				"send to the server yourself, after a list of it.",
			"一切都在本标签页内运行。离开本页的只有对网页和模型文件的请求，以及您看过清单后自己发送到服务器的内容。",
		},
		"shell.install": {"Install", "安装"},
		"shell.install.hint": {"Install Wafer as an app of its own; it works without a connection",
			"将 Wafer 安装为独立应用，无需联网即可使用"},
		"shell.update":       {"A new version of Wafer is ready.", "Wafer 有新版本。"},
		"shell.update.now":   {"Reload", "重新加载"},
		"shell.drop.overlay": {"Drop it anywhere", "松开即可"},
		"shell.old": {"This browser is too old to run models: it lacks SIMD in WebAssembly or canvases in workers, " +
			"which every browser has since March 2023. Please update it, or open this page in another.",
			"此浏览器版本过旧，无法运行模型：缺少 WebAssembly SIMD 或 Worker 画布，2023 年 3 月以后的浏览器都已具备。" +
				"请更新浏览器，或换用其他浏览器打开本页。"},
		"shell.onethread": {
			"This browser runs models on one thread here, because the page is not isolated from others; " +
				"answers are the same, only slower. Several threads need an address with https (or this machine's " +
				"own) and the server's headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.",
			"由于页面未与其他页面隔离，浏览器在此只用单线程运行模型；结果相同，只是慢一些。多线程需要 https 地址（或本机地址），以及服务器的 Cross-Origin-Opener-Policy 与 " +
				"Cross-Origin-Embedder-Policy 响应头。",
		},

		"kept.safe": {
			"The browser has promised to keep what you add here until you delete it.",
			"浏览器已承诺保留您在此添加的内容，直到您将其删除。",
		},
		"kept.unsafe": {
			"The browser keeps what you add here, but may clear it when the disk runs short. Download what you " +
				"cannot lose.",
			"浏览器会保留您在此添加的内容，但磁盘空间不足时可能会清除；不能丢失的请下载保存。",
		},

		"title.classify": {"Classify – Wafer", "识别 – Wafer"},
		"title.teach":    {"Teach – Wafer", "教学 – Wafer"},
		"title.models":   {"Models – Wafer", "模型 – Wafer"},

		"unit.bytes": {"{0:byte|bytes}", "{0} 字节"},
	})
}
