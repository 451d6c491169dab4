package words

func init() {
	speak(map[string]text{
		"bundle.download": {"Download the project", "下载项目"},
		"bundle.download.hint": {"One ZIP file: examples in the folders of their classes, recipe, report and model",
			"一个 ZIP 文件：按类别分文件夹的示例、配方、报告和模型"},
		"bundle.open": {"Open a project", "打开项目"},
		"bundle.open.hint": {"A ZIP file that was downloaded here; it takes the place of what is here, " +
			"until you undo that", "从本页下载的 ZIP 文件；它会替换现有内容，可以撤销"},
		"bundle.name":    {"{0} (project)", "{0}（项目）"},
		"bundle.packing": {"Packing {0} of {1}…", "正在打包 {0} / {1}……"},
		"bundle.done": {"The project with its {0:example|examples} is on its way to your downloads.",
			"含 {0} 个示例的项目正在下载。"},
		"bundle.failed": {"The project could not be packed: {0}", "项目无法打包：{0}"},
		"bundle.many":   {"There are {0} examples; an archive holds {1} files at most.", "有 {0} 个示例；一个压缩包最多 {1} 个文件。"},
		"bundle.large":  {"It takes {0}; an archive of 4 GB is the largest.", "需要 {0}；压缩包最大 4 GB。"},
		"bundle.sums":   {"{0} sums came back for {1} files.", "{1} 个文件只得到 {0} 个校验和。"},
		"bundle.opened": {"Opened {0}: {1:example|examples} of {2:class|classes}.",
			"已打开 {0}：{2} 个类别的 {1} 个示例。"},
		"bundle.shared": {"Another tab has this project open, too: what is changed there appears here, " +
			"and nothing is lost.", "另一个标签页也打开了此项目：那里的改动会出现在这里，不会丢失任何内容。"},

		"bundle.damaged": {"{0} cannot be opened as a project: {1}", "{0} 无法作为项目打开：{1}"},
		"bundle.version": {"it is of version {0}, and this page reads version {1}.", "它是第 {0} 版，本页只能读取第 {1} 版。"},
		"bundle.kind":    {"expected a project of images or texts, found “{0}”.", "应为图片或文本项目，而它是“{0}”。"},
		"bundle.rows":    {"{0} has {1:row|rows} for {2:example|examples}.", "{0} 有 {1} 行，而示例有 {2} 个。"},
		"bundle.class":   {"example {0} belongs to class {1} of {2}.", "第 {0} 个示例属于第 {1} 类，而类别只有 {2} 个。"},
		"bundle.text":    {"the text in row {0} is empty or longer than {1}.", "第 {0} 行的文本为空或超过 {1}。"},
		"bundle.missing": {"the file {0} is missing.", "缺少文件 {0}。"},

		"teach.class.tests": {"{0}, {1} to test", "{0}，{1} 个用于测试"},
	})
}
