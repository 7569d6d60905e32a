package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// startEcho starts a store whose answer to every write is answer's.
func startEcho(t *testing.T, answer func(w http.ResponseWriter)) string {
	t.Helper()
	fake := testkit.New(t).Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), "setSecret") {
			r.Body = io.NopCloser(bytes.NewReader(body))
			fake.ServeHTTP(w, r)
			return
		}
		answer(w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func answerError(status int, message, code string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"a0": nil}, "errors": []any{
			map[string]any{
				"message": message, "path": []any{"a0"}, "extensions": map[string]any{"code": code},
			},
		}})
	}
}

func TestOnlyKnownMessagesAreShown(t *testing.T) {
	const value = "4111111111111111"
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter)
		want   string
	}{
		"an echo": {
			answerError(200, "value ("+value+") is not allowed", ""),
			"the API answered with an error, with a message that is not shown",
		},
		"half of it": {
			answerError(200, "value (4111…) is not allowed", ""), "with a message that is not shown",
		},
		"a code": {
			answerError(200, "Unauthorized", "E"+value), "the API answered with an error: Unauthorized",
		},
		"a known form": {
			answerError(200, `Variable "$i0" got invalid value "`+value+
				`" at "i0.value"; no`, "BAD_USER_INPUT"),
			"Variable … got invalid value… (BAD_USER_INPUT)",
		},
		"a known number": {
			answerError(200, "the value of a secret holds at most 65536 bytes of JSON", "BAD_USER_INPUT"),
			"the value of a secret holds at most 65536 bytes of JSON (BAD_USER_INPUT)",
		},
		"another number": {
			answerError(200, "the value of a secret holds at most "+value+" bytes of JSON", ""),
			"holds at most … bytes of JSON",
		},
		"a status with words": {answerError(500, value, value), "the API is not available (HTTP 500)"},
		"a known text": {
			answerError(200, "Unable to complete operation. An internal API error occurred.", "API_ERROR"),
			"An internal API error occurred. (API_ERROR)",
		},
		"a redirect": {
			answerRedirect("https://u:" + value + "@login.example.com/sso?token=" + value + "#" + value),
			"the API answered with a redirect to another host: is a proxy or a login page in front of it? (HTTP 302)",
		},
		"a redirect by echo": {
			answerRedirect("https://" + value + ".example.com/" + value), "a redirect to another host:",
		},
		"an answer that is not HTTP": {
			answerRaw("HTTP/1.1 2x0 " + value + "\r\n\r\n"), "the answer is not HTTP",
		},
		"an invalid header": {
			answerRaw("HTTP/1.1 200 OK\r\n" + value + "\r\n\r\n"),
			"the answer is not HTTP",
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := startEcho(t, tt.answer)
			for _, args := range [][]string{
				{"set", "PIN", "--api-url", url},
				{
					"sync", "--timeout", "2s",
					"--secrets-file", writeFile(t, "s.json", `{"PIN": "`+value+`"}`), "--api-url", url,
				},
				{
					"sync", "--timeout", "2s", "--format", "json",
					"--secrets-file", writeFile(t, "s.json", `{"PIN": "`+value+`"}`), "--api-url", url,
				},
			} {
				r := runCommand(t, adminEnv, value, args...)
				// The port of the URL may have the digits of the value.
				out := strings.NewReplacer(`\"`, `"`, url, "URL").Replace(r.stdout + r.stderr)
				if r.code == 0 || !strings.Contains(out, tt.want) || strings.Contains(out, "4111") {
					t.Errorf("%s: exit code %d: %s", args[0], r.code, out)
				}
			}
		})
	}
}

func answerRedirect(to string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// answerRaw answers with bytes that need not be HTTP.
func answerRaw(text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer func(c net.Conn) { _ = c.Close() }(conn)
		_, _ = io.WriteString(conn, text)
	}
}
