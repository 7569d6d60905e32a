package server

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// Invalid tokens write a bounded number of lines, and none at all without a mapping.
func TestJunkTokensInTheLog(t *testing.T) {
	for more, want := range map[string]int{"": 0, mappings("https://issuer.example.com"): linesAtOnce} {
		r := newRig(t, more)
		begin := time.Now()
		for range 1000 {
			r.query("a.b.c", `{ secret_names }`)
		}
		most := want
		if want > 0 {
			most += int(linesPerSecond*time.Since(begin).Seconds()) + 1
		}
		if got := strings.Count(r.log.String(), "token was refused"); got < want || got > most {
			t.Errorf("%d lines, want %d to %d", got, want, most)
		}
	}
}

// Each message has its own bounds, and a line with it reports how many are missing.
func TestLimitLog(t *testing.T) {
	out := &buffer{}
	handler := &limitHandler{slog.NewTextHandler(out, nil), &messageLimits{limiters: map[string]*lineLimiter{}}}
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	write := func(message string) {
		if err := handler.Handle(t.Context(), slog.NewRecord(at, slog.LevelWarn, message, 0)); err != nil {
			t.Fatal(err)
		}
	}
	for range 500 {
		write("often")
	}
	write("once")
	at = at.Add(time.Second)
	for range 60 {
		write("often")
	}
	log := out.String()
	if strings.Count(log, "msg=often") != 250 || strings.Count(log, "msg=once") != 1 || strings.Count(log, "unwritten=300") != 1 {
		t.Errorf("%d lines: %s", strings.Count(log, "\n"), log[len(log)-300:])
	}
	limiter := handler.limits.limiters["often"]
	for range 2 { // the second writes nothing
		handler.writeUnwrittenCount(limiter, slog.LevelWarn, "often")
	}
	if log := out.String(); strings.Count(log, "unwritten=10") != 1 {
		t.Errorf("log: %s", log[len(log)-300:])
	}
}

// Lines about failed connections have the same bounds, though their texts differ.
func TestFailedConnectionsInTheLog(t *testing.T) {
	out := &buffer{}
	log := debugWriter{LimitLog(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))}
	begin := time.Now()
	for n := range 1000 {
		_, _ = fmt.Fprintf(log, "http: TLS handshake error from 192.0.2.7:%d: EOF", n)
	}
	if got := strings.Count(out.String(), "\n"); got > linesAtOnce+int(linesPerSecond*time.Since(begin).Seconds())+1 {
		t.Errorf("%d lines", got)
	}
}
