package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// steps are bounds that record their calls and refuse one of them.
type steps struct {
	seen    []string
	bytes   map[string]int
	refused string
}

func (s *steps) step(name string, bytes int) error {
	if len(s.seen) == 0 || s.seen[len(s.seen)-1] != name {
		s.seen = append(s.seen, name)
	}
	s.bytes[name] += bytes
	if name == s.refused {
		return errors.New("refused")
	}
	return nil
}

func (s *steps) Body(_ context.Context, key string, n int) error { return s.step("body of "+key, n) }
func (s *steps) Begin(ctx context.Context, key string, n int) (context.Context, error) {
	return ctx, s.step("begin", n)
}
func (s *steps) List(context.Context, string) (func(), error) {
	return func() { _ = s.step("listed", 0) }, s.step("list", 0)
}
func (s *steps) Answer(_ context.Context, n int) error       { return s.step("answer", n) }
func (s *steps) End(context.Context)                         { _ = s.step("end", 0) }
func (s *steps) Forward(_ context.Context, key string) error { return s.step("forward", 0) }

// writer records when the answer is written.
type writer struct {
	http.ResponseWriter
	steps *steps
}

func (w writer) Write(b []byte) (int, error) {
	_ = w.steps.step("write", 0)
	return w.ResponseWriter.Write(b)
}

func newBoundedAPI(t *testing.T, refused string) (*steps, http.Handler) {
	s := &steps{bytes: map[string]int{}, refused: refused}
	a := newAPI(t, func(c *cloud.Config) { c.Bounds = s })
	return s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.ServeHTTP(writer{w, s}, r) })
}

// A turn begins when the body has arrived, and ends before the answer is written. A
// request without a key takes nothing.
func TestOrderOfBounds(t *testing.T) {
	s, h := newBoundedAPI(t, "")
	post(t, h, runKey, `{"query":"{ secret_names }"}`)
	want := []string{"body of agent", "begin", "list", "listed", "answer", "end", "write"}
	if !slices.Equal(s.seen, want) {
		t.Errorf("%q, want %q", s.seen, want)
	}
	s.seen = nil
	post(t, h, "wrong", `{"query":"{ secret_names }"}`)
	if !slices.Equal(s.seen, []string{"write"}) {
		t.Errorf("an unknown key: %q", s.seen)
	}
}

// A request that is refused at a step is asked to try again, and its turn ends.
func TestRefusalsOfBounds(t *testing.T) {
	for _, step := range []string{"body of agent", "begin", "answer"} {
		s, h := newBoundedAPI(t, step)
		got := post(t, h, runKey, `{"query":"{ tenant { id } secret_names }"}`)
		if got.status != 503 || !strings.Contains(got.body, "API_ERROR") || got.header.Get("Retry-After") != "1" {
			t.Errorf("%s: %d %s", step, got.status, got.body)
		}
		begun, ended := slices.Contains(s.seen, "begin") && step != "begin", slices.Contains(s.seen, "end")
		if begun != ended {
			t.Errorf("%s: %q", step, s.seen)
		}
	}
}

// An answer counts as it grows, with everything in it. Names count before they are
// listed, once their size is known.
func TestAnswersCountAsTheyGrow(t *testing.T) {
	s, h := newBoundedAPI(t, "")
	post(t, h, adminKey, setSecretBody(fmt.Sprintf(`{"name": "A", "value": %q}`, strings.Repeat("v", 60_000))))
	s.bytes = map[string]int{}
	got := post(t, h, runKey, `{"query":"{ a: secret_value(name: \"A\") b: secret_value(name: \"A\") }"}`)
	if n := s.bytes["answer"]; n < len(got.body)-100 || n > 2*len(got.body) {
		t.Errorf("%d bytes counted of %d", n, len(got.body))
	}
	s.seen = nil
	post(t, h, runKey, `{"query":"{ secret_names }"}`)
	post(t, h, runKey, `{"query":"{ secret_names }"}`)
	repeated := s.seen[slices.Index(s.seen, "write")+1:]
	if slices.Index(repeated, "answer") > slices.Index(repeated, "list") {
		t.Errorf("%q", repeated)
	}
}

func TestReadBody(t *testing.T) {
	const text = 100_000
	for name, tt := range map[string]struct {
		body        io.Reader
		length      int64
		want        int
		maxReserved int
	}{
		"complete":       {strings.NewReader(strings.Repeat("x", text)), text, text, text},
		"unknown length": {strings.NewReader(strings.Repeat("x", text)), -1, text, 2 * text},
		"none came":      {strings.NewReader(""), cloud.MaxBody, 0, 4 << 10},
		"less came":      {strings.NewReader("x"), cloud.MaxBody, 1, 4 << 10},
		"byte by byte": {iotest.OneByteReader(strings.NewReader(strings.Repeat("x", 5000))), -1, 5000,
			8 << 10},
		"more came":      {strings.NewReader(strings.Repeat("x", text)), 10, 10, 10},
		"without an end": {endless{}, -1, cloud.MaxBody + 1, cloud.MaxBody + 1},
	} {
		t.Run(name, func(t *testing.T) {
			reserved := 0
			got, _ := cloud.ReadBody(tt.body, tt.length, func(n int) error { reserved += n; return nil })
			if len(got) != tt.want || reserved > tt.maxReserved || reserved < len(got) {
				t.Errorf("%d bytes, %d reserved", len(got), reserved)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
