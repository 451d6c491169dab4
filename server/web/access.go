package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
)

// caller is who asks.
type caller struct {
	role api.Role
	name string // of the token, "" without one
	key  string // what limits are counted by: the token or the address
}

const (
	cookieName = "wafer-session"
	cookieAge  = auth.SessionTime
)

// open reports whether callers need no token.
func (s *server) open() (bool, error) {
	if !s.o.Open || s.o.Tokens == nil {
		return s.o.Open, nil
	}
	closed, err := s.o.Tokens.Closed()
	return !closed && err == nil, err
}

// identify finds out who asks. A wrong token in a header is an error, one in a cookie is none at all: the page
// must be able to load, to sign in anew.
func (s *server) identify(r *http.Request) (caller, error) {
	address := callerAddress(r.RemoteAddr)
	open, err := s.open()
	if open || err != nil {
		return caller{role: api.Admin, key: address}, err
	}
	nobody := caller{key: address}
	secret, err := secretOf(r)
	if err != nil {
		return nobody, err
	}
	var token auth.Token
	if secret != "" {
		token, err = s.check(secret)
	} else if token, err = s.session(r); errors.Is(err, errBadToken) {
		return nobody, nil
	}
	if err != nil {
		return nobody, err
	}
	return caller{role: token.Role, name: token.Name, key: "token " + token.Name}, nil
}

// check is the token with this secret; errBadToken where there is none, or where the server has no tokens at all.
func (s *server) check(secret string) (auth.Token, error) {
	if s.o.Tokens == nil {
		return auth.Token{}, errBadToken
	}
	token, ok, err := s.o.Tokens.Check(secret)
	if err == nil && !ok {
		err = errBadToken
	}
	return token, err
}

// session is the token of a page that signed in.
func (s *server) session(r *http.Request) (auth.Token, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil || s.o.Tokens == nil {
		return auth.Token{}, errBadToken
	}
	token, ok, err := s.o.Tokens.Session(cookie.Value)
	if err == nil && !ok {
		err = errBadToken
	}
	return token, err
}

// secretOf takes the token out of a request, "" if there is none.
func secretOf(r *http.Request) (string, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", nil
	}
	kind, secret, _ := strings.Cut(header, " ")
	if secret = strings.TrimSpace(secret); !strings.EqualFold(kind, "Bearer") || secret == "" {
		return "", errNoToken
	}
	return secret, nil
}

// callerAddress is the address that a connection comes from: for IPv6 the network, of which one caller has many
// addresses.
func callerAddress(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := a.Addr().Unmap().WithZone("")
	if ip.Is6() && !ip.IsLoopback() {
		network, _ := ip.Prefix(64)
		return network.String()
	}
	return ip.String()
}

// guarded refuses what a web page that is not ours may have sent: to a server without tokens by another name than
// localhost (DNS rebinding) or through a proxy, and changes from another origin. It answers the questions of browsers
// about the origin that is allowed.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if open, err := s.open(); err != nil || open && !isLocal(r.Host) {
			if err == nil {
				err = errHost
			}
			s.fail(w, r, err)
			return
		} else if open && isForwarded(r) {
			s.fail(w, r, errForwarded)
			return
		}
		if s.o.CORS != "" && strings.HasPrefix(r.URL.Path, "/api/") && s.shared(w, r) {
			return
		}
		if s.origins.Check(r) != nil {
			s.fail(w, r, errOrigin)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isForwarded reports whether a proxy says that it passes a request on, which then may come from anywhere. Of the
// headers that proxies add each is enough, whatever is in it.
func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || slices.Contains(proxyHeaders, name) {
			return true
		}
	}
	return false
}

// proxyHeaders are others by which proxies tell who asked them.
var proxyHeaders = []string{"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Original-Forwarded-For",
	"True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip"}

// isLocal reports whether a Host header names this machine's loopback.
func isLocal(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback()
}

// shared adds what pages of the allowed origin need. It reports whether that is the whole answer.
func (s *server) shared(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Add("Vary", "Origin")
	if r.Header.Get("Origin") != s.o.CORS {
		return false
	}
	h.Set("Access-Control-Allow-Origin", s.o.CORS)
	h.Set("Access-Control-Expose-Headers", "ETag, Content-Range, Retry-After, "+requestID)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers",
		"Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range, Upload-Offset")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// signIn gives a page a cookie with a session, in exchange for a token.
func (s *server) signIn(w http.ResponseWriter, r *http.Request, _ caller) error {
	var body api.Session
	if err := s.decode(w, r, 4<<10, &body); err != nil {
		return err
	}
	if s.o.Tokens == nil {
		return errBadToken
	}
	id, ok, err := s.o.Tokens.SignIn(body.Token)
	if err != nil {
		return err
	}
	if !ok {
		return errBadToken
	}
	setCookie(w, r, id, cookieAge)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signOut ends the session of a page, here and in its browser.
func (s *server) signOut(w http.ResponseWriter, r *http.Request, _ caller) error {
	if cookie, err := r.Cookie(cookieName); err == nil && s.o.Tokens != nil {
		if err := s.o.Tokens.SignOut(cookie.Value); err != nil {
			return err
		}
	}
	setCookie(w, r, "", -1)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// setCookie gives a page's cookie, or takes it away for an age below 0. Scripts cannot read it, other sites cannot send
// it, and behind HTTPS, also a proxy's, it is never sent without.
func setCookie(w http.ResponseWriter, r *http.Request, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}
