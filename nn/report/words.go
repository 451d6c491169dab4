package report

import (
	"fmt"
	"strconv"
	"strings"
)

// English is the Say of the command line.
func English(key string, values ...any) string { return say(english[key], values) }

// Chinese says the same in Chinese.
func Chinese(key string, values ...any) string { return say(chinese[key], values) }

func say(s string, values []any) string {
	for i, v := range values {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", fmt.Sprint(v))
	}
	return s
}

var english = map[string]string{
	"report.roc":         "ROC curves, each class against the others",
	"report.fpr":         "false positives, % of the others",
	"report.tpr":         "found, % of the class",
	"report.auc":         "Area under ROC",
	"report.pr":          "Precision and recall",
	"report.ap":          "Average precision",
	"report.precision":   "Precision",
	"report.recall":      "Recall",
	"report.f1":          "F1",
	"report.class":       "Class",
	"report.support":     "Samples",
	"report.macro":       "mean of the classes",
	"report.reliability": "Reliability: stated against true",
	"report.confidence":  "stated probability, %",
	"report.accuracy":    "right, %",
	"report.coverage":    "Right answers when unsure ones are left out",
	"report.answered":    "answered, % of all",
	"report.ece":         "Expected calibration error: {0}.",
	"report.threshold":   "Below {0} no answer: {1} are answered, {2} of them right.",
	"report.right":       "Right for {0} of {1} samples; 95 of 100 such intervals hold the truth: {2} to {3}.",
	"report.pair":        "{0} was taken for {1}: {2} times.",
}

var chinese = map[string]string{
	"report.roc":         "ROC 曲线（每个类别对其余类别）",
	"report.fpr":         "误报（占其余样本的 %）",
	"report.tpr":         "找到（占该类别的 %）",
	"report.auc":         "ROC 曲线下面积",
	"report.pr":          "精确率与召回率",
	"report.ap":          "平均精确率",
	"report.precision":   "精确率",
	"report.recall":      "召回率",
	"report.f1":          "F1",
	"report.class":       "类别",
	"report.support":     "样本",
	"report.macro":       "各类平均",
	"report.reliability": "可靠性：所说的把握与实际",
	"report.confidence":  "模型给出的概率，%",
	"report.accuracy":    "答对，%",
	"report.coverage":    "没把握时不作答，答对的比例",
	"report.answered":    "作答（占全部的 %）",
	"report.ece":         "期望校准误差：{0}。",
	"report.threshold":   "低于 {0} 不作答：回答 {1}，其中 {2} 正确。",
	"report.right":       "{1} 个样本中答对 {0}；95% 置信区间：{2} 至 {3}。",
	"report.pair":        "“{0}”被当作“{1}”：{2} 次。",
}
