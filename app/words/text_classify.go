package words

func init() {
	speak(map[string]text{
		"classify.lead": {
			"Give it a picture or a sentence. A model answers, here in this tab.",
			"给它一张图片或一句话，模型就在本标签页内作答。",
		},
		"classify.kind":     {"What to classify", "识别什么"},
		"classify.image":    {"Image", "图片"},
		"classify.text":     {"Text", "文字"},
		"classify.model":    {"Model", "模型"},
		"classify.accuracy": {"{0} right", "准确率 {0}"},
		"classify.measured": {"{0} right on its test set: {1}.", "测试准确率 {0}（{1}）。"},
		"classify.measured.both": {
			"{0} right on {1}, as published; {2} here on {3}.", "公布的准确率 {0}（{1}）；本项目测得 {2}（{3}）。",
		},
		"classify.measured.held": {"{0} right on examples held back from training.", "对留出的示例，准确率 {0}。"},
		"classify.measured.estimate": {
			"Right for about {0} of new ones, estimated by cross-validation.",
			"对新内容约有 {0} 答对（交叉验证估计）。",
		},
		"classify.rejection": {"Turns away {0} of what it was not made for.", "能识别出 {0} 的超范围输入。"},
		"classify.taught":    {"Taught in this browser", "在本浏览器中教成"},

		"classify.drop": {"Drop pictures here", "把图片拖到这里"},
		"classify.drop.hint": {
			"One or many, up to 2,000, or paste one. JPEG, PNG, GIF or WebP.",
			"一张或多张均可，最多 2,000 张，也可以直接粘贴。支持 JPEG、PNG、GIF、WebP。",
		},
		"classify.drop.choose":  {"Choose pictures", "选择图片"},
		"classify.drop.promise": {"Nothing you drop here leaves this tab.", "拖到这里的内容不会离开本标签页。"},

		"classify.pad":       {"Drawing pad: draw with the mouse, a pen or a finger", "画板：用鼠标、笔或手指作画"},
		"classify.pad.hint":  {"Or draw here", "或在此手绘"},
		"classify.pad.undo":  {"Undo", "撤销"},
		"classify.pad.clear": {"Clear", "清除"},

		"classify.write":      {"Sentence to classify", "要识别的句子"},
		"classify.write.hint": {"Type or paste a sentence…", "输入或粘贴一句话……"},
		"classify.write.promise": {
			"Nothing you type leaves this tab. A text file or a table is answered line by line, up to 2,000.",
			"输入的内容不会离开本标签页。文本文件或表格会逐行作答，最多 2,000 行。",
		},
		"classify.write.choose":  {"Open a text file", "打开文本文件"},
		"classify.write.english": {"The shipped text models read English.", "自带的文字模型只懂英文。"},

		"classify.write.long": {
			"This text has {0}; up to {1} can be answered at once. Save it as a file with one text per line to " +
				"classify its lines.",
			"这段文字有 {0}；一次最多识别 {1}。可将它存为每行一条的文本文件，再逐行识别。",
		},

		"classify.samples.image": {"Or try one of these", "或者试试这些"},
		"classify.samples.text":  {"Or try one of these", "或者试试这些"},
		"classify.sample":        {"Sample picture {0}", "示例图片 {0}"},

		"classify.sample.name": {"Sample picture", "示例图片"},

		"classify.answer":          {"Answer", "答案"},
		"classify.empty.image":     {"The answer appears here", "答案会出现在这里"},
		"classify.empty.image.how": {"Drop a picture, or click a sample to see how it works.", "拖入一张图片，或点一个示例看看效果。"},
		"classify.empty.drawing.how": {
			"Draw something, drop a picture, or click a sample to see how it works.",
			"画点什么、拖入一张图片，或点一个示例看看效果。",
		},
		"classify.empty.text":     {"The answer appears here", "答案会出现在这里"},
		"classify.empty.text.how": {"Type a sentence, or click a sample to see how it works.", "输入一句话，或点一个示例看看效果。"},
		"classify.working":        {"Looking…", "正在识别……"},
		"classify.drawing":        {"Your drawing", "您的手绘"},
		"classify.loading":        {"Loading the model {0}", "正在载入模型“{0}”"},
		"classify.loading.bytes":  {"{0} of {1}", "{0} / {1}"},
		"classify.loading.once":   {"It is fetched once and then stays in this browser.", "只需下载一次，之后保存在此浏览器中。"},
		"classify.load.failed":    {"The model could not be loaded.", "模型无法载入。"},
		"classify.again":          {"Try again", "重试"},
		"classify.failed":         {"No answer", "没有答案"},
		"classify.none":           {"None of these", "都不是"},
		"classify.none.why": {
			"This is probably nothing that the model has learned.",
			"这多半不是该模型学过的东西。",
		},
		"classify.unsure": {"I don’t know", "不确定"},
		"classify.unsure.why": {
			"The most probable answer is below the threshold that was set for this model.",
			"最可能的答案也没有达到为该模型设定的门槛。",
		},
		"classify.nearest":    {"What comes nearest", "最接近的类别"},
		"classify.sure":       {"Probability {0}", "概率 {0}"},
		"classify.binary":     {"Probability of {0}", "“{0}”的概率"},
		"classify.more":       {"{0} more, {1} together", "另有 {0} 项，合计 {1}"},
		"classify.time":       {"{0} in this tab", "在本标签页内用时 {0}"},
		"classify.engine.one": {"SIMD, 1 thread, {0}", "SIMD，1 个线程，{0}"},
		"classify.engine.unisolated": {
			"SIMD, 1 thread since this page is not isolated, {0}",
			"SIMD，页面未被隔离，因此只有 1 个线程，{0}",
		},
		"classify.engine.many": {"SIMD, {0:thread|threads}, {1}", "SIMD，{0} 个线程，{1}"},
		"classify.teach":       {"Teach it your own", "教它认您自己的类别"},
		"classify.said":        {"{0}: {1}", "{0}:{1}"},
		"classify.noanswer":    {"The worker gave no answer to this one.", "计算程序没有给出这一项的答案。"},
		"classify.mixed": {
			"Pictures and texts go to different models. Text files left out: {0}.",
			"图片和文字由不同的模型识别。未处理的文本文件：{0}。",
		},
		"classify.toomany": {
			"That is {0:input|inputs} at once. The first {1} are answered here; the command wafer predict takes any " +
				"number.",
			"一次输入了 {0} 项。这里只处理前 {1} 项；命令 wafer predict 没有数量限制。",
		},
		"classify.text.big": {
			"{0} has {1}; a text file may have up to {2}. Nothing was changed.",
			"{0} 大小为 {1}；文本文件最大 {2}。未做任何更改。",
		},
		"classify.text.empty": {"{0} is empty: at least one line of text was expected.", "{0} 是空文件：至少需要一行文字。"},
		"classify.models.none": {
			"The list of models could not be loaded: {0}. What you taught here still works.",
			"模型列表无法载入：{0}。您在这里教成的模型仍可使用。",
		},
		"classify.models.waiting": {"Asking for the list of models…", "正在获取模型列表……"},

		"batch.title":         {"{0:result|results}", "{0} 项结果"},
		"batch.title.running": {"{0} of {1} answered", "已完成 {0} / {1}"},
		"batch.stop":          {"Stop", "停止"},
		"batch.resume":        {"Go on", "继续"},
		"batch.csv":           {"Download CSV", "下载 CSV"},
		"batch.clear":         {"Clear", "清除"},
		"batch.picture":       {"Picture", "图片"},
		"batch.input":         {"Input", "输入"},
		"batch.label":         {"Label", "标签"},
		"batch.probability":   {"Probability", "概率"},
		"batch.time":          {"Time", "用时"},
		"batch.waiting":       {"Waiting", "等待中"},
		"batch.working":       {"Looking…", "识别中……"},
		"batch.stopped":       {"Not answered", "未作答"},
		"batch.more":          {"Show {0} more", "再显示 {0} 项"},
		"batch.summary":       {"What was found", "识别汇总"},
		"batch.errors":        {"Without an answer: {0}", "无法作答：{0} 项"},
		"batch.mean":          {"{0} each on average", "平均每项 {0}"},
	})
}
