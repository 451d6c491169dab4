// Package e2e has tests only: the page in a real Chromium, and in a real
// Firefox, against the real server.
//
// A test starts a server and opens a tab:
//
//	s := startServer(t)
//	p := open(t, s, "/")
//	p.waitText("Drop pictures here")
//	p.click("Three")                       // by accessible name
//	p.waitText("99")
//
// Everything that goes wrong in the page fails the test: errors on the console,
// exceptions, requests to another host. p.expect allows one of them. A test that failed
// leaves a picture in build/screenshots. firefox_test.go does the same with less.
package e2e
