package web

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"wafer/server/api"
	"wafer/server/auth"
)

// Every route with the least role that it takes; "" is everybody.
var routeRoles = []struct {
	method, path string
	role         api.Role
}{
	{"GET", "/api/server", api.Nobody}, {"POST", "/api/session", api.Nobody}, {"DELETE", "/api/session", api.Nobody},
	{"GET", "/api/models", api.Nobody}, {"GET", "/healthz", api.Nobody}, {"GET", "/readyz", api.Nobody},
	{"GET", "/api/models/x", api.Reader}, {"POST", "/api/models/x/predict", api.Reader},
	{"PUT", "/api/models/x", api.Admin}, {"DELETE", "/api/models/x", api.Admin},
	{"POST", "/api/files/x", api.Submitter}, {"PATCH", "/api/files/x", api.Submitter},
	{"DELETE", "/api/files/x", api.Submitter},
	{"GET", "/api/files/x", api.Reader}, {"HEAD", "/api/files/x", api.Reader},
	{"GET", "/api/jobs", api.Reader}, {"POST", "/api/jobs", api.Submitter}, {"GET", "/api/jobs/x", api.Reader},
	{"DELETE", "/api/jobs/x", api.Admin}, {"POST", "/api/jobs/x/cancel", api.Submitter},
	{"GET", "/api/jobs/x/events", api.Reader},
	{"GET", "/metrics", api.Admin},
}

func TestEveryRouteNeedsItsRole(t *testing.T) {
	x := startClosed(t)
	for _, route := range routeRoles {
		for _, role := range []api.Role{api.Nobody, api.Reader, api.Submitter, api.Admin} {
			var headers []string
			if role != api.Nobody {
				headers = []string{"Authorization", "Bearer " + x.tokens[role]}
			}
			got := x.ask(route.method, route.path, nil, headers...)
			refused := got.status == 401 || got.status == 403
			if route.path == "/api/session" {
				refused = got.status == 403 // 401 is its answer to a wrong token
			}
			if may := auth.May(role, route.role); refused == may {
				t.Errorf("%s %s as %q: got %d %s", route.method, route.path, role, got.status, got.body)
			}
			if role == api.Nobody && refused && (got.status != 401 || got.header.Get("WWW-Authenticate") == "") {
				t.Errorf("%s %s without a token: got %d, expected 401 that says how", route.method, route.path,
					got.status)
			}
			if got.status >= 500 {
				t.Errorf("%s %s as %q: got %d %s", route.method, route.path, role, got.status, got.body)
			}
		}
	}
}

func TestWithoutAQueueThereAreNoJobs(t *testing.T) {
	x := start(t, func(s *server) { s.o.Queue, s.o.Store = nil, nil })
	for _, route := range routeRoles {
		got := x.ask(route.method, route.path, nil)
		if strings.HasPrefix(route.path, "/api/jobs") || strings.HasPrefix(route.path, "/api/files") &&
			route.method != "HEAD" {
			x.want(got, 404, "takes no jobs")
		}
		if got.status >= 500 {
			t.Errorf("%s %s: got %d", route.method, route.path, got.status)
		}
	}
	if about := into[api.Server](x, x.ask("GET", "/api/server", nil)); about.Jobs {
		t.Error("it says that it takes jobs")
	}
	x.want(x.ask("POST", "/api/models/sentiment/predict", `{"text":"what a day"}`), 200, "score")
}

func TestTokensAndSessions(t *testing.T) {
	x := startClosed(t)
	bearer := "Bearer " + x.tokens[api.Reader]
	for _, header := range []string{"Bearer x", "Bearer " + x.tokens[api.Reader] + "x",
		"Bearer " + strings.ToLower(x.tokens[api.Reader]), "Bearer " + strings.Repeat("y", 9000), "Bearer \x80"} {
		x.want(x.ask("GET", "/api/jobs", nil, "Authorization", header), 401, "not known")
	}
	for _, header := range []string{"Basic YTpi", "Bearer", "bearer ", x.tokens[api.Reader]} {
		x.want(x.ask("GET", "/api/jobs", nil, "Authorization", header), 401, "Bearer TOKEN")
	}
	x.want(x.ask("GET", "/api/jobs?token="+x.tokens[api.Reader], nil), 401, "needs a token")
	x.want(x.ask("GET", "/api/jobs", nil, "Authorization", strings.Replace(bearer, "Bearer", "bearer", 1)), 200, "jobs")
	if about := into[api.Server](x, x.ask("GET", "/api/server", nil, "Authorization",
		bearer)); about.Role != api.Reader || !about.Tokens {
		t.Errorf("got %+v", about)
	}

	x.want(x.ask("POST", "/api/session", api.Session{Token: "wrong"}), 401, "not known")
	in := x.want(x.ask("POST", "/api/session", api.Session{Token: x.tokens[api.Reader]}), 204, "")
	cookie := in.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("a cookie over plain HTTP is marked %q, and browsers drop it", cookie)
	}
	pair, _, _ := strings.Cut(cookie, ";")
	if strings.Contains(cookie, x.tokens[api.Reader]) {
		t.Error("the cookie holds the token itself")
	}
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", pair), 200, "jobs")
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", "wafer-session="+x.tokens[api.Reader]), 401, "needs a token")
	x.want(x.ask("POST", "/api/jobs", "{}", "Cookie", pair), 403, "does not allow")
	if out := x.ask("DELETE", "/api/session", nil, "Cookie", pair); out.status != 204 ||
		!strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: got %d %q", out.status, out.header.Get("Set-Cookie"))
	}
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", pair), 401, "needs a token")
	in = x.want(x.ask("POST", "/api/session", api.Session{Token: x.tokens[api.Reader]}), 204, "")
	pair, _, _ = strings.Cut(in.header.Get("Set-Cookie"), ";")
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", pair), 200, "jobs")
	var err error
	if x.o.Tokens, err = auth.Open(x.tokensPath); err != nil { // another start
		t.Fatal(err)
	}
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", pair), 200, "jobs")
	if in := x.ask("POST", "/api/session", api.Session{Token: x.tokens[api.Reader]}, "X-Forwarded-Proto",
		"https"); !strings.Contains(in.header.Get("Set-Cookie"), "Secure") {
		t.Error("a cookie over HTTPS goes over plain HTTP, too")
	}

	if err := x.o.Tokens.Remove("read", false); err != nil {
		t.Fatal(err)
	}
	x.want(x.ask("GET", "/api/jobs", nil, "Authorization", bearer), 401, "not known")
	x.want(x.ask("GET", "/api/jobs", nil, "Cookie", pair), 401, "needs a token")
	x.want(x.ask("GET", "/api/server", nil, "Cookie", pair), 200, `"role":""`) // the page must load, to sign in anew
}

// Once there is a token, a server on loopback wants it, too; when the file cannot be read nobody gets in.
func TestALoopbackServerWithTokens(t *testing.T) {
	x := startClosed(t, func(s *server) {})
	x.o.Open = true
	x.want(x.ask("GET", "/api/jobs", nil), 401, "needs a token")
	for _, name := range []string{"read", "submit", "admin"} {
		if err := x.o.Tokens.Remove(name, true); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // also after another start, and without the file
		x.want(x.ask("GET", "/api/jobs", nil), 401, "needs a token")
		x.want(x.ask("DELETE", "/api/models/digits", nil, "X-Forwarded-For", "203.0.113.9"), 401, "needs a token")
		if err := os.Remove(x.tokensPath); err != nil {
			t.Fatal(err)
		}
		x.want(x.ask("GET", "/api/jobs", nil), 401, "needs a token")
		var err error
		if x.o.Tokens, err = auth.Open(x.tokensPath); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(x.tokensPath, []byte("[]"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.o.Tokens.Reopen(); err != nil {
		t.Fatal(err)
	}
	x.want(x.ask("GET", "/api/jobs", nil), 200, "jobs")
	path := t.TempDir() + "/tokens.json"
	var err error
	if x.o.Tokens, err = auth.Open(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	x.want(x.ask("GET", "/api/jobs", nil), 500, "inside the server")
}

func TestPagesOfOthersMayNotUseAServerWithoutTokens(t *testing.T) {
	x := start(t)
	// a proxy on this machine, which calls it by 127.0.0.1
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "Via", "X-Real-IP", "X-Forwarded-Host",
		"X-Forwarded-Proto", "CF-Connecting-IP"} {
		x.want(x.ask("GET", "/api/server", nil, header, ""), 403, "came through a proxy")
		x.want(x.ask("GET", "/api/server", nil, header, "for=203.0.113.9"), 403, "came through a proxy")
		if got := x.ask("GET", "/", nil, header, "1.1 proxy"); got.status != 403 {
			t.Errorf("the page through a proxy: got %d", got.status)
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "[::1]"} {
		if got := x.ask("GET", "/api/server", nil, "Host", host); got.status != 200 {
			t.Errorf("Host %s: got %d", host, got.status)
		}
	}
	for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1",
		"0.0.0.0"} {
		x.want(x.ask("GET", "/api/server", nil, "Host", host), 403, "localhost only")
		if got := x.ask("GET", "/", nil, "Host", host); got.status != 403 {
			t.Errorf("the page by the name %s: got %d", host, got.status)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		x.want(x.ask(method, "/api/jobs", nil, "Origin", "http://evil.example"), 403, "another origin")
		x.want(x.ask(method, "/api/jobs", nil, "Sec-Fetch-Site", "cross-site"), 403, "another origin")
		x.want(x.ask(method, "/api/jobs", nil, "Sec-Fetch-Site", "same-site"), 403, "another origin")
	}
	x.want(x.ask("POST", "/api/jobs", nil, "Origin", x.url), 400, "empty")
	x.want(x.ask("POST", "/api/jobs", nil, "Sec-Fetch-Site", "same-origin"), 400, "empty")
	if got := x.ask("GET", "/api/jobs", nil, "Origin",
		"http://evil.example"); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("pages of other origins may read answers")
	}
}

func TestOneOtherOriginMayBeAllowed(t *testing.T) {
	const friend = "https://friend.example"
	x := start(t, func(s *server) {
		s.o.CORS = friend
		if err := s.origins.AddTrustedOrigin(friend); err != nil {
			t.Fatal(err)
		}
	})
	asked := x.ask("OPTIONS", "/api/jobs", nil, "Origin", friend, "Access-Control-Request-Method", "POST")
	if asked.status != 204 || asked.header.Get("Access-Control-Allow-Origin") != friend ||
		!strings.Contains(asked.header.Get("Access-Control-Allow-Headers"), "Upload-Offset") {
		t.Errorf("got %d %v", asked.status, asked.header)
	}
	got := x.want(x.ask("POST", "/api/jobs", nil, "Origin", friend, "Sec-Fetch-Site", "cross-site"), 400, "empty")
	if got.header.Get("Access-Control-Allow-Origin") != friend ||
		got.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("got %v", got.header)
	}
	if got := x.ask("OPTIONS", "/api/jobs", nil, "Origin",
		"https://evil.example"); got.header.Get("Access-Control-Allow-Origin") != "" || got.status < 400 {
		t.Errorf("another origin: got %d %v", got.status, got.header)
	}
	x.want(x.ask("POST", "/api/jobs", nil, "Origin", "https://evil.example"), 403, "another origin")
	if got := x.ask("GET", "/", nil, "Origin", friend); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the page itself is shared")
	}
	if _, err := New(Options{Files: files(t), Log: x.server.log, CORS: "friend"}); err == nil {
		t.Error("an origin that is none: no error")
	}
}

func TestLimitsOfCallers(t *testing.T) {
	x := startClosed(t, func(s *server) {
		s.rates = newRates(Limits{Rate: 0.001, Burst: 3})
		s.streams.one = 1
	})
	ask := func(role api.Role) reply {
		return x.ask("GET", "/api/jobs", nil, "Authorization", "Bearer "+x.tokens[role])
	}
	for range 3 {
		x.want(ask(api.Reader), 200, "")
	}
	got := x.want(ask(api.Reader), 429, "slow down")
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("got %v", got.header)
	}
	x.want(ask(api.Admin), 200, "")
	if got := x.ask("GET", "/", nil); got.status == 429 {
		t.Error("the page is limited as requests are")
	}

	y := start(t, func(s *server) { s.streams.one, s.transfers.all = 1, 1 })
	j := y.submitted()
	y.listen(j.ID, "", func(sent) bool {
		got := y.want(y.ask("GET", "/api/jobs/"+j.ID+"/events", nil), 429, "event streams")
		if got.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		return false
	})
	leave, err := y.transfers.enter("somebody")
	if err != nil {
		t.Fatal(err)
	}
	y.want(y.ask("POST", "/api/models/sentiment/predict", `{"text":"x"}`), 429, "under way")
	leave()
	leave() // once more changes nothing
	y.want(y.ask("POST", "/api/models/sentiment/predict", `{"text":"x"}`), 200, "")
	if n := y.transfers.count(); n != 0 {
		t.Errorf("%d places are taken", n)
	}
}

func TestManyCallersShareALimitAtLast(t *testing.T) {
	r := newRates(Limits{Rate: 1, Burst: 1})
	refused := 0
	for i := range maxCallers + 100 {
		if !r.allow(strings.Repeat("x", i%7) + string(rune(i))) {
			refused++
		}
	}
	if len(r.each) > maxCallers+1 || refused == 0 {
		t.Errorf("%d callers are remembered, %d were refused", len(r.each), refused)
	}
}

func TestCallerAddresses(t *testing.T) {
	for remote, want := range map[string]string{"192.0.2.1:99": "192.0.2.1",
		"[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64", "[::1]:7": "::1", "[::ffff:192.0.2.1]:9": "192.0.2.1", "@": "@"} {
		if got := callerAddress(remote); got != want {
			t.Errorf("%s: got %s, expected %s", remote, got, want)
		}
	}
}

func TestRequestsAreNamed(t *testing.T) {
	x := start(t)
	if got := x.ask("GET", "/healthz", nil, requestID, "abc-1.2_3"); got.header.Get(requestID) != "abc-1.2_3" {
		t.Errorf("got %q", got.header.Get(requestID))
	}
	for _, id := range []string{"a b", strings.Repeat("x", 65), "\"", ""} {
		if got := x.ask("GET", "/healthz", nil, requestID, id).header.Get(requestID); got == id || !isID(got) {
			t.Errorf("%q became %q", id, got)
		}
	}
	if x.ask("GET", "/readyz", nil).status != http.StatusOK {
		t.Error("not ready")
	}
}
