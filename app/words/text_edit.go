package words

func init() {
	speak(map[string]text{
		"teach.removed.samples": {"Removed {0} examples.", "已删除 {0} 个示例。"},
		"teach.moved.many":      {"Moved {0:example|examples} to {1}.", "已将 {0} 个示例移到“{1}”。"},
		"teach.moved.class":     {"Moved {0} to place {1}.", "已将“{0}”移到第 {1} 位。"},
		"teach.merged":          {"Merged {0} into {1}.", "已将“{0}”并入“{1}”。"},
		"teach.split":           {"Made a class of {0:example|examples}.", "已将 {0} 个示例另立为一类。"},
		"teach.renamed":         {"Named a class {0}.", "已将类别命名为“{0}”。"},
		"teach.added.class":     {"Added a class.", "已添加类别。"},
		"teach.switched.off": {"Switched {0} off: its examples are kept, but not learned.",
			"已停用“{0}”：示例保留，但不参与学习。"},
		"teach.switched.on": {"Switched {0} on.", "已启用“{0}”。"},
		"teach.undone":      {"Undone: {0}", "已撤销：{0}"},
		"teach.redone":      {"Done again: {0}", "已重做：{0}"},
		"edit.undo":         {"Undo (Ctrl+Z): {0}", "撤销（Ctrl+Z）：{0}"},
		"edit.redo":         {"Redo (Ctrl+Shift+Z): {0}", "重做（Ctrl+Shift+Z）：{0}"},
		"edit.undo.none":    {"Nothing to undo", "没有可撤销的操作"},
		"edit.redo.none":    {"Nothing to redo", "没有可重做的操作"},

		"class.tools":       {"More for {0}", "“{0}”的更多操作"},
		"class.up":          {"Up", "上移"},
		"class.up.label":    {"Move {0} up", "上移“{0}”"},
		"class.down":        {"Down", "下移"},
		"class.down.label":  {"Move {0} down", "下移“{0}”"},
		"class.off":         {"Switch off", "停用"},
		"class.off.label":   {"Switch {0} off", "停用“{0}”"},
		"class.on":          {"Switch on", "启用"},
		"class.on.label":    {"Switch {0} on", "启用“{0}”"},
		"class.all":         {"Select all", "全选"},
		"class.all.label":   {"Select all examples of {0}", "选择“{0}”的全部示例"},
		"class.merge":       {"Merge into", "并入"},
		"class.merge.label": {"Merge {0} into another class", "把“{0}”并入另一类"},

		"select.n":          {"{0} selected", "已选 {0} 个"},
		"select.move":       {"Move to", "移到"},
		"select.move.label": {"Class to move the selected examples to", "把所选示例移到哪一类"},
		"select.split":      {"New class", "另立一类"},
		"select.none":       {"Select nothing", "取消选择"},
	})
}
