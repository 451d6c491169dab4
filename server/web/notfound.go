package web

import (
	"net/http"
	"strings"
)

// notFound is what a person sees at an address that there is not, in both languages of the page.
const notFound = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not found · Wafer</title>
<link rel="icon" href="/static/icons/icon.svg"><link rel="stylesheet" href="/static/css/tokens.css">
<link rel="stylesheet" href="/static/css/app.css"></head>
<body><main class="content">
<div class="empty"><h1>There is nothing at this address.</h1><a class="button main" href="/">Go to Wafer</a></div>
<div class="empty" lang="zh"><h2>此地址没有内容。</h2><a class="button main" href="/">前往 Wafer</a></div>
</main></body>
</html>
`

// wantsPage reports whether a browser asks for something to show.
func wantsPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}
