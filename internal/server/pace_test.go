package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// slowConn is a connection whose client reads a number of bytes a second. As on a real
// one, a write ends at the deadline.
type slowConn struct {
	recorder
	speed    int
	deadline time.Time
}

func (c *slowConn) SetWriteDeadline(t time.Time) error { c.deadline = t; return nil }

func (c *slowConn) Write(b []byte) (int, error) {
	took := timeFor(len(b), c.speed)
	if left := time.Until(c.deadline); !c.deadline.IsZero() && left < took {
		time.Sleep(max(0, left))
		return 0, os.ErrDeadlineExceeded
	}
	time.Sleep(took)
	return c.recorder.Write(b)
}

// writePaced writes an answer to a client that reads at a speed, and returns how long
// that took.
func writePaced(t *testing.T, speed, size int, limit time.Duration, urgent bool) (took time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		conn := &slowConn{recorder: recorder{header: http.Header{}}, speed: speed}
		w := newPacedWriter(conn, begin.Add(limit), grace, func() bool { return urgent })
		_, err = w.Write(make([]byte, size))
		took = time.Since(begin)
	})
	return took, err
}

func TestPace(t *testing.T) {
	const size = 4 << 20
	for name, tt := range map[string]struct {
		speed  int
		limit  time.Duration
		urgent bool
		cut    bool
		most   time.Duration
	}{
		"at the pace":            {pace, time.Hour, false, false, 65 * time.Second},
		"a little slower":        {pace - pace/100, time.Hour, false, false, 66 * time.Second},
		"half the pace":          {pace / 2, time.Hour, false, true, 13 * time.Second},
		"never":                  {1, time.Hour, false, true, 7 * time.Second},
		"beyond the time in all": {pace, 20 * time.Second, false, true, 20 * time.Second},
		"slow while others wait": {2 * pace, time.Hour, true, true, 7 * time.Second},
		"fast while others wait": {2 * urgentPace, time.Hour, true, false, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			took, err := writePaced(t, tt.speed, size, tt.limit, tt.urgent)
			if errors.Is(err, os.ErrDeadlineExceeded) != tt.cut || took > tt.most {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}

// The time between writes does not count against the client.
func TestPaceCountsWritingAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &slowConn{recorder: recorder{header: http.Header{}}, speed: pace}
		w := newPacedWriter(conn, time.Now().Add(time.Hour), grace, func() bool { return false })
		for range 10 {
			if _, err := w.Write(make([]byte, pace)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
	})
}

// No working time passes while the request waits.
func TestWorkContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkContext(t.Context(), 10*time.Second)
		time.Sleep(6 * time.Second)
		w.pause()
		time.Sleep(time.Hour)
		w.resume()
		time.Sleep(3 * time.Second)
		if w.Err() != nil {
			t.Errorf("ended after 9 s: %v", w.Err())
		}
		time.Sleep(2 * time.Second)
		if synctest.Wait(); !errors.Is(w.Err(), context.DeadlineExceeded) {
			t.Errorf("after 11 s: %v", w.Err())
		}
	})
}
