package explainer

import (
	"strings"

	"wafer/app/bridge"
	"wafer/nn/task"
)

// said fills the blanks of a sentence.
func said(sentence bridge.Said, values ...bridge.Said) bridge.Said {
	for i, v := range values {
		blank := string([]byte{'{', byte('0' + i), '}'})
		sentence[0] = strings.ReplaceAll(sentence[0], blank, v[0])
		sentence[1] = strings.ReplaceAll(sentence[1], blank, v[1])
	}
	return sentence
}

var (
	saidMap = bridge.Said{"Bright places spoke for “{0}”: {1}.", "亮处是判为“{0}”的依据：{1}。"}
	saidAlt = bridge.Said{"The picture as the model sees it. What spoke for “{0}”: {1}.",
		"模型看到的图片。判为“{0}”的依据：{1}。"}
	saidLine = bridge.Said{"From dark (little) to bright (much). White line: above half of the most.",
		"由暗（弱）到亮（强）；白线内超过最强处的一半。"}

	saidWords = bridge.Said{
		"+ spoke for “{0}”, − against it. Press words to leave them out and see the answer change.",
		"标“+”的支持“{0}”，标“−”的反对。点按字词可将其去掉，看结果如何变化。",
	}
)

// places are where most of a map lies, by row and column.
var places = map[string]bridge.Said{
	"upper-left":    {"mostly the upper left", "主要在左上"},
	"upper-centre":  {"mostly the upper middle", "主要在上方正中"},
	"upper-right":   {"mostly the upper right", "主要在右上"},
	"upper-":        {"mostly the upper third", "主要在上部"},
	"middle-left":   {"mostly the left, half way up", "主要在左侧中部"},
	"middle-centre": {"mostly the middle", "主要在正中"},
	"middle-right":  {"mostly the right, half way up", "主要在右侧中部"},
	"middle-":       {"mostly half way up, over the width", "主要在中部，横贯左右"},
	"lower-left":    {"mostly the lower left", "主要在左下"},
	"lower-centre":  {"mostly the lower middle", "主要在下方正中"},
	"lower-right":   {"mostly the lower right", "主要在右下"},
	"lower-":        {"mostly the lower third", "主要在下部"},
	"-left":         {"mostly the left third", "主要在左侧"},
	"-centre":       {"mostly the middle third, over the height", "主要在中间，贯穿上下"},
	"-right":        {"mostly the right third", "主要在右侧"},
	"-":             {"in several places", "分散在几处"},
}

var methods = map[task.Method]bridge.Said{
	task.CAM: {
		"Class activation map: what each place adds to the score, exactly.",
		"类激活图（CAM）：各处对得分的贡献，精确计算。",
	},
	task.GradCAM: {
		"Grad-CAM: the last convolution's maps, weighted by their mean gradients.",
		"Grad-CAM：最后一层卷积的特征图，按平均梯度加权。",
	},
	task.Occlusion: {
		"Occlusion: how much the answer loses where a piece is covered.",
		"遮挡法：遮住一块后得分下降多少。",
	},
	task.LeaveOut: {
		"Each word was left out once: the more the answer lost, the more it counts.",
		"逐一去掉各字词：得分下降越多，越重要。",
	},
	task.NGrams: {
		"The weights of the text's own n-grams, given back to what they lie over.",
		"文本中各 n-gram 片段的权重，归还给它们覆盖的字词。",
	},
}

// levels say how a part speaks, from strongly against the label to strongly for it.
var levels = [5]bridge.Said{
	{"{0}: speaks strongly against it", "{0}：强烈反对"},
	{"{0}: speaks against it", "{0}：反对"},
	{"{0}: hardly counts", "{0}：影响很小"},
	{"{0}: speaks for it", "{0}：支持"},
	{"{0}: speaks strongly for it", "{0}：强烈支持"},
}
