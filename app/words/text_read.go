package words

func init() {
	speak(map[string]text{
		"read.failed": {"{0}", "{0}"},
		"read.table":  {"{0}: added {1:example|examples}; the text from {2}.", "{0}：已添加 {1} 个示例；文本来自 {2}。"},
		"read.table.label": {
			"{0}: added {1:example|examples}; the text from {2}, the class from {3}.",
			"{0}：已添加 {1} 个示例；文本来自 {2}，类别来自 {3}。",
		},
		"read.broken": {
			"{0:character|characters} could not be read and stand as �; was the file cut or saved in another encoding?",
			"有 {0} 个字符无法读取，以 � 代替；文件是否不完整，或以其他编码保存？",
		},
		"read.lone":       {"Classes of one example only: {0}.", "只有一个示例的类别：{0}。"},
		"read.taken.left": {"{0} Left out: {1}.", "{0} 未采用：{1}。"},
		"read.column":     {"column {0}", "第 {0} 列"},
		"read.and":        {"{0}; {1}", "{0}；{1}"},
		"read.comma":      {"{0}, {1}", "{0}、{1}"},
		"read.more":       {"{0}, …", "{0}……"},
		"read.place":      {"{0}", "{0}"},
		"read.line":       {"line {0}", "第 {0} 行"},
		"read.same":       {"{0:that was there already|that were there already}", "{0} 个已存在"},
		"read.split":      {"no part: train and validation are used together", "无，训练与验证部分合并使用"},
		"read.test": {"from learning {0:example|examples} of the folder test, kept to test with",
			"test 文件夹中的 {0} 个示例（不参与学习，留作测试）"},
		"read.test.table": {"from learning all of them, kept to test with", "全部（不参与学习，留作测试）"},
		"read.files":      {"There are {0:file|files}; up to {1} can be read at once.", "有 {0} 个文件；一次最多读取 {1} 个。"},

		"read.left.text":    {"{0} without a text ({1})", "{0} 个没有文本（{1}）"},
		"read.left.label":   {"{0} without a class ({1})", "{0} 个没有类别（{1}）"},
		"read.left.several": {"{0} with several classes ({1})", "{0} 个有多个类别（{1}）"},
		"read.left.wide": {
			"{0} with more cells than there are columns ({1}); a text with a separator in it needs quotation " +
				"marks",
			"{0} 行的单元格多于列数（{1}）；含分隔符的文本需加引号",
		},
		"read.left.short": {"{0:that ends before|that end before} the text or the class ({1})",
			"{0} 行缺少文本或类别的单元格（{1}）"},
		"read.left.mark": {
			"nothing, but {0:quotation mark that closes nothing was taken as it stands|quotation marks that close " +
				"nothing were taken as they stand} ({1})",
			"无，但有 {0} 处不配对的引号按原样读取（{1}）",
		},
		"read.left.hidden": {"{0:hidden file or file that a system leaves behind|hidden files or files that systems " +
			"leave behind} ({1})", "{0} 个隐藏文件或系统文件（{1}）"},
		"read.left.kind":   {"{0:file|files} of another kind ({1})", "{0} 个其他类型的文件（{1}）"},
		"read.left.beside": {"{0:file|files} beside the folders of the classes ({1})", "{0} 个不在类别文件夹里的文件（{1}）"},
		"read.left.link":   {"{0:link|links} ({1})", "{0} 个链接（{1}）"},
		"read.left.unread": {"{0} that cannot be read ({1})", "{0} 个无法读取（{1}）"},
		"read.left.empty":  {"{0:that is empty|that are empty} ({1})", "{0} 个是空的（{1}）"},
		"read.encoding": {"{0} The file was read as {1}; where letters look wrong, choose another encoding.",
			"{0} 文件按 {1} 编码读取：如果文字不正确，请选择其他编码。"},
		"read.kept": {"{0} Kept: {1}.", "{0} 已采用：{1}。"},
		"read.left.case": {"{0} whose class is written in other capitals, taken as the same ({1})",
			"{0} 个的类别名大小写不同，视为同一类别（{1}）"},
		"read.left.joined": {"{0:row whose text holds|rows whose texts hold} separators without quotation marks, put " +
			"together ({1})",
			"{0} 行文本含有分隔符而没有引号，已合并（{1}）"},
		"read.left.boxes": {"{0} pictures with boxes or outlines in place of a class: export a folder per class, " +
			"or a table from file to class ({1})", "{0} 张图片带有检测框而没有类别：请导出为每类一个文件夹，或附上“文件→类别”的表格（{1}）"},
		"read.left.repeated": {"{0} with the names of the columns once more ({1})", "{0} 行重复了列名（{1}）"},
		"read.left.above":    {"{0:row|rows} above the names of the columns ({1})", "{0} 行位于列名之上（{1}）"},
		"read.left.second": {"{0:row|rows} of units, types or names below the names of the columns ({1})",
			"{0} 行是列名下方的单位、类型或说明（{1}）"},
		"read.left.unlisted": {"{0} that the table of labels does not name ({1})", "{0} 个没有出现在标签表中（{1}）"},
		"read.left.format": {"{0:picture|pictures} as HEIC, AVIF, TIFF, BMP or the like, not read: " +
			"save them as JPEG or PNG ({1})",
			"{0} 张图片是 HEIC、AVIF、TIFF、BMP 等格式，无法读取：请另存为 JPEG 或 PNG（{1}）"},
		"read.left.untrained": {"{0} of a class without training examples ({1})", "{0} 个所属类别没有训练示例（{1}）"},

		"ask.title":      {"Which column is which in {0}?", "{0} 中各列是什么？"},
		"ask.encoding":   {"Read it as", "编码"},
		"ask.lead":       {"The table does not say it for certain. Its first rows:", "表格本身无法确定。前几行如下："},
		"ask.header":     {"The first row names the columns", "第一行是列名"},
		"ask.text":       {"Text", "文本"},
		"ask.label":      {"Class", "类别"},
		"ask.label.none": {"no column", "没有"},
		"ask.do":         {"Use these columns", "使用这些列"},
		"ask.drop":       {"Leave this table out", "不用这个表格"},
		"ask.same":       {"Text and class must be two columns.", "文本与类别必须是不同的列。"},
		"ask.nolabel": {
			"Choose the column of the classes, or drop the table on one class.",
			"请选择类别所在的列，或把表格拖到某个类别上。",
		},
		"table.text":      {"Text column", "文本列"},
		"table.truth":     {"True label", "正确标签"},
		"table.truth.no":  {"not in the table", "表格中没有"},
		"table.correct":   {"{0} of {1} right ({2})", "{1} 个中答对 {0} 个（{2}）"},
		"table.wrong":     {"Only the wrong ones ({0})", "只看答错的（{0}）"},
		"table.confusion": {"Rows: the true label. Columns: the answer.", "行：正确标签；列：模型的答案。"},
		"table.left":      {"Left out: {0}.", "未采用：{0}。"},
	})
}
