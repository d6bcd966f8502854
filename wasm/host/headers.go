// Package host serves the built page. serve.go and the edge worker use the same
// handler, so the security headers are written once.
package host

import "net/http"

// CSP is the content policy of the page: it runs its own scripts and its own
// WebAssembly, and reaches no server but the one it came from. There is no
// unsafe-eval and nothing inline. The names of the Trusted Types policies are
// those in static/dom.js and static/boot.js. Once everything is loaded, boot.js
// adds a policy that forbids connections altogether.
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types taster-static taster-url"

// security lists the headers of every answer. The two Cross-Origin headers
// isolate the page, which high-resolution timers and shared memory require.
var security = [...][2]string{
	{"Content-Security-Policy", CSP},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), payment=(), display-capture=()"},
}

// Secure adds the security headers to every answer of next, and refuses every
// method but GET and HEAD.
func Secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range security {
			w.Header().Set(h[0], h[1])
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}
