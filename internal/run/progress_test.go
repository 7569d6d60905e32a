package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// On a terminal the line ends before the report, even if the last secrets were done
// within a second. Elsewhere the last report is empty.
func TestProgress(t *testing.T) {
	for terminal, want := range map[bool]string{
		true:  "\r1 of 4 changes processed\r3 of 4 changes processed\n",
		false: "1 of 4 changes processed\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			text := ""
			p := newProgress(func(done, total int, last bool) {
				text += ProgressText(done, total, last,
					terminal)
			})
			p.finish()
			time.Sleep(time.Second)
			p.observe(1, 4)
			p.observe(2, 4)
			p.observe(3, 4)
			p.finish()
			if diff := cmp.Diff(want, text); diff != "" {
				t.Errorf("terminal %v: %s", terminal, diff)
			}
		})
	}
}
