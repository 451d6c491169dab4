package report

import (
	"fmt"
	"strconv"
	"strings"
)

// English is the Say of the command line.
func English(key string, values ...any) string {
	s := english[key]
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
