package words

func init() {
	speak(map[string]text{
		"why.ask":  {"Why?", "为什么？"},
		"why.hide": {"Hide why", "收起依据"},
		"why.busy": {"Looking for what spoke for it…", "正在查找依据……"},
		"why.left": {"Left out: {0}. The bars show the answer to the rest.", "已去掉 {0} 处，结果条为其余内容的结果。"},
		"why.back": {"Put all back", "全部恢复"},
	})
}
