package words

func init() {
	speak(map[string]text{
		"judge.narrow": {"All examples of {0} come from one recording, so this number is likely too high. Record it " +
			"again, at another place.",
			"“{0}”的示例都来自同一次录制，这个数字可能偏高。请换个地方再录一次。"},
		"judge.features": {"Texts are known by {0}.", "文本依据{0}来识别。"},
		"judge.features.of": {
			"Texts are known by {0}: right for {1} of the examples when they were held out, against {2}.",
			"文本依据{0}来识别：示例未参与训练时答对 {1}；相比之下，{2}。",
		},
		"judge.features.against": {"{1} by {0}", "只用{0}答对 {1}"},
		"judge.features.and":     {" and ", "，"},
		"judge.features.n-grams": {"short pieces of words and characters (n-grams)", "词与字的片段（n-gram）"},
		"judge.features.both":    {"sentence vectors together with n-grams", "句子向量加词与字的片段（n-gram）"},
		"judge.features.base":    {"sentence vectors", "句子向量"},

		"judge.title": {"Where it is wrong", "错在哪里"},
		"judge.none":  {"Every example was answered rightly when it was held out.", "每个示例在未参与训练时都答对了。"},
		"judge.how": {
			"Each of {0:example|examples} was held out once from a model that learned from the others.",
			"{0} 个示例轮流不参与训练，由从其余示例学习的模型回答。",
		},
		"judge.title-test": {"Where it is wrong on the test set", "测试集上错在哪里"},
		"judge.none-test":  {"Every example of the test set was answered rightly.", "测试集里的每个示例都答对了。"},
		"judge.how-test": {
			"Answers to {0:example|examples} that were never learned from.",
			"{0} 个从未参与学习的示例的回答。",
		},
		"judge.wrong-test":    {"Wrong on the test set", "测试集上答错的示例"},
		"judge.csv.name-test": {"test-figures", "测试集指标"},

		"curves.title": {"Curves, and when not to answer", "曲线，以及何时不作答"},
		"curves.wait":  {"Drawing…", "正在绘制……"},
		"curves.sure":  {"Answer only from this probability on", "达到这个概率才作答"},
		"curves.sure.why": {
			"Below it the model says “I don’t know”. It is kept with the model.",
			"低于它时模型会说“不确定”。该设定随模型一起保存。",
		},
		"curves.sure.always": {"It always answers; {0} of the answers are right.", "总是作答，其中 {0} 正确。"},
		"curves.sure.at":     {"From {0} on: {1} get an answer, {2} of these right.", "从 {0} 起：{1} 得到回答，其中 {2} 正确。"},
		"curves.sure.never":  {"From {0} on: none of the examples gets an answer.", "从 {0} 起：没有示例得到回答。"},
		"curves.take":        {"Download “{0}” as {1}", "下载“{0}”（{1}）"},
		"curves.losses":      {"What surprised it most", "最出乎模型意料的示例"},
		"curves.loss":        {"It is {0}; the model gave that {1}.", "它属于“{0}”；模型给它的概率为 {1}。"},

		"test.title": {"Test set", "测试集"},
		"test.why": {
			"Kept apart, never learned from: a fair last word on the model. Each look uses it up a little, so look " +
				"when you are done.",
			"单独保留、从不参与学习，可对模型作公正的最终评价。每看一次都会损耗一点公正性，请在完成之后再看。",
		},
		"test.do":      {"Measure on the test set ({0:example|examples})", "用测试集测量（{0} 个示例）"},
		"test.stop":    {"Stop", "停止"},
		"test.running": {"Answering the test set…", "正在回答测试集……"},
		"test.done":    {"{0} of {1}", "{0} / {1}"},
		"test.verdict": {
			"Test set: right for {0} of {1:example|examples}. For new ones expect between {2} and {3}.",
			"测试集：{1} 个示例中答对 {0} 个。对新内容，预计在 {2} 到 {3} 之间。",
		},
		"test.earlier": {
			"This is about an earlier model: you have changed something since.",
			"这是先前模型的结果：之后有过改动。",
		},
		"test.others": {"The test set has changed since.", "测试集之后有改动。"},
		"test.used": {
			"This test set has measured {0} models by now. Whoever chooses between them by it gets a number that is " +
				"too good: collect new test examples for the last word.",
			"这个测试集已测过 {0} 个模型。若据此在它们之间挑选，得到的数字会偏高：最终评价请收集新的测试示例。",
		},
		"test.rejected": {
			"{0} would have got no answer; of the other {2}, {1} were right.",
			"其中 {0} 个不会得到回答；其余 {2} 个中答对 {1} 个。",
		},
		"test.failed": {"{0} could not be read and do not count.", "{0} 个无法读取，未计入。"},
		"test.none":   {"None of the examples could be read.", "没有一个示例能读取。"},

		"judge.go.class":      {"Go to {0}", "去“{0}”"},
		"judge.go.wrong":      {"Look at it", "去看看"},
		"judge.copies":        {"The same example, or nearly, stands in two classes", "同一个（或几乎相同的）示例出现在两个类别里"},
		"judge.copies.delete": {"Delete from {0}", "从“{0}”中删除"},
		"judge.other":         {"It is…", "它是……"},
		"judge.other.label":   {"Class of {0}", "{0}的类别"},
		"judge.cell":          {"{0} taken for {1}: {2}", "“{0}”被当作“{1}”：{2}"},

		"judge.behind.none": {"They are moved or deleted by now.", "它们已被移走或删除。"},
		"judge.figures":     {"Figures of each class", "各类别的指标"},
		"judge.columns":     {"class|precision|recall|F1|examples", "类别|精确率|召回率|F1|示例"},
		"judge.macro":       {"mean of the classes", "各类平均"},
		"judge.csv":         {"Download as CSV", "下载 CSV"},
		"judge.csv.name":    {"figures", "指标"},

		"judge.wrong":       {"Wrong when they were held out", "未参与训练时答错的示例"},
		"judge.wrong.one":   {"It is {0}; the model said {1} ({2}).", "它属于“{0}”；模型答“{1}”（{2}）。"},
		"judge.wrong.more":  {"{0} more are not shown.", "另有 {0} 个未显示。"},
		"judge.move":        {"It is {0}", "它是“{0}”"},
		"judge.move.label":  {"Move {0} to {1}", "把{0}移到“{1}”"},
		"judge.delete":      {"Delete", "删除"},
		"judge.delete.name": {"Delete {0}", "删除{0}"},

		"judge.advice": {"What would help", "怎样更好"},
		"judge.advice.more": {
			"Add more examples of {0}: it is often taken for another class.",
			"给“{0}”多加一些示例：它常被认作别的类别。",
		},
		"judge.advice.more.few": {
			"Add more examples of {0}: with so few, the number above is rough.",
			"给{0}多加一些示例：数量太少，上面的数字很粗略。",
		},
		"judge.advice.alike": {
			"{0} and {1} look alike to the model: add examples that show the difference.",
			"模型觉得“{0}”和“{1}”很像：请添加能看出区别的示例。",
		},
		"judge.advice.swapped.one": {
			"One example of {0} looks like {1}: check its class.",
			"“{0}”中有一个示例像“{1}”：请检查它的类别。",
		},
		"judge.advice.swapped": {
			"{2} examples of {0} look like {1}: check their class.",
			"“{0}”中有 {2} 个示例像“{1}”：请检查它们的类别。",
		},
	})
}
