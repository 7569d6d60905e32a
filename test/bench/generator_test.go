package bench

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

const sampleResults = `commit: 1234567
cores: 2
BenchmarkSync/10/ours-2   100   2000000 ns/op   50 allocs/op
BenchmarkSync/10/theirs   1     8000000 ns/op
BenchmarkSync/10/ours-2   100   1000000 ns/op   50 allocs/op
BenchmarkSync/10/theirs   1     3000000 ns/op
BenchmarkSync/10/ours-2   100   3000000 ns/op   50 allocs/op
BenchmarkSync/10/theirs   1     9000000 ns/op
`

func newResults(t *testing.T) *results {
	t.Helper()
	r := &results{samples: map[string]map[string][]float64{}, parts: map[string]map[string]string{}}
	if err := r.add("sync", sampleResults); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResults(t *testing.T) {
	r := newResults(t)
	ours, theirs := r.get("Sync/10/ours", wall), r.get("Sync/10/theirs", wall)
	for _, c := range []struct{ got, want string }{
		{r.parts["sync"]["commit"], "1234567"},
		{ours.in(duration), "2 ms (1–3)"},
		{theirs.over(ours).in(ratio), "3× (3–4)"},
		{theirs[:2].over(ours).in(ratio), "2.75×"},
		{r.get("Sync/10/ours", "allocs/op").in(count), "50"},
		{numbers{4, 1}.middle(count), "2.50"},
		{numbers{999_400}.in(duration), "999 µs"},
		{numbers{999_600}.in(duration), "1.00 ms"},
		{numbers{52_340_000_000}.in(duration), "52.3 s"},
		{numbers{1_234_567.5}.in(count), "1,234,568"},
		{numbers{0.0123}.in(ratio), "0.012×"},
		{numbers{0}.in(duration), "0 µs"},
		{numbers{-1234}.in(count), "-1,234"},
		{numbers{-123}.in(count), "-123"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if len(r.missing) > 0 {
		t.Errorf("missing: %q", r.missing)
	}
	r.get("Sync/10/ours", "B/op")
	if len(r.missing) != 1 {
		t.Errorf("missing: %q", r.missing)
	}
	for _, invalid := range []string{"ok prefect-secrets", "BenchmarkX 1 2", "BenchmarkX 1 fast ns/op", "BenchmarkX 1 2 ns/op 3"} {
		if err := newResults(t).add("x", invalid); err == nil {
			t.Errorf("%q was read", invalid)
		}
	}
}

func TestBlock(t *testing.T) {
	rows := func(bars ...bar) block {
		return block{"b", "sync", "what | n", func(*results) (rows []row) {
			for _, b := range bars {
				rows = append(rows, row{cells: []string{b.what, b.String()}, bar: b})
			}
			return rows
		}}
	}
	text, unexplained := rows(
		atLeast(30, numbers{30}, ratio, "fast", ""), atMost(10e6, numbers{9e6, 11e6, 12e6}, duration, "start", "too much work"),
		atLeast(5, numbers{4}, count, "more", "too much work"),
	).markdown(newResults(t))
	const want = "| what | n |\n| --- | --- |\n| fast | at least 30×, met |\n| start | at most 10 ms, **not met** in 2 of 3 rounds |\n" +
		"| more | at least 5, **not met** |\n\nWhy targets are not met:\n\n- start; more: too much work\n"
	if text != want || len(unexplained) != 0 {
		t.Errorf("%s%q", text, unexplained)
	}
	slow, r := rows(atLeast(30, numbers{29}, ratio, "slow", "")), newResults(t)
	if _, unexplained = slow.markdown(r); len(unexplained) != 1 {
		t.Errorf("a missed bar without a reason: %q", unexplained)
	}
	r.parts["sync"]["load"] = "2.5"
	if text, unexplained = slow.markdown(r); len(unexplained) != 0 || !strings.Contains(text, "- slow: the machine was busy") {
		t.Errorf("on a busy machine: %s%q", text, unexplained)
	}
	slow, r = rows(atLeast(30, numbers{29, 28, 31}, ratio, "noisy", "")), newResults(t)
	if text, unexplained = slow.markdown(r); len(unexplained) != 0 || !strings.Contains(text, "**not met** in 2 of 3 rounds") ||
		!strings.Contains(text, "- noisy: the rounds differ") {
		t.Errorf("a bar missed by noise: %s%q", text, unexplained)
	}
	r.parts["sync"]["load"] = "0.5"
	why := rows(atLeast(30, numbers{29}, ratio, "slow", "reason."))
	if text, _ = why.markdown(r); !strings.Contains(text, "- slow: reason. Also, the machine was busy") {
		t.Errorf("a reason on a busy machine: %s", text)
	}
	slow.part = "vault"
	if text, unexplained = slow.markdown(r); len(unexplained) != 0 || !strings.HasPrefix(text, "Not measured yet") {
		t.Errorf("without results: %s%q", text, unexplained)
	}
	if got := alignments([]row{{cells: []string{"a", "1 ms", "2"}}, {cells: []string{"", "", "x"}}}); strings.Join(got, " ") != "--- ---: ---" {
		t.Errorf("alignments: %q", got)
	}
	const page = "a\n<!-- b, written by make bench -->\nold\n<!-- end of b -->\nz\n"
	written, err := replaceBlock(page, "b", "new\n")
	if again, err2 := replaceBlock(written, "b", "new\n"); err != nil || err2 != nil || again != written ||
		written != "a\n<!-- b, written by make bench -->\n\nnew\n\n<!-- end of b -->\nz\n" {
		t.Errorf("%v %v\n%s", err, err2, written)
	}
	for _, broken := range []string{"", page + page, strings.Replace(page, "end of b", "end", 1)} {
		if _, err := replaceBlock(broken, "b", "new\n"); err == nil {
			t.Errorf("replaced in %q", broken)
		}
	}
}

// TestSummary names the figures that are furthest from their targets.
func TestSummary(t *testing.T) {
	before := blocks
	defer func() { blocks = before }()
	blocks = []block{{"b", "sync", "what", func(*results) []row {
		return []row{
			{bar: atLeast(10, numbers{15}, ratio, "good", "")}, {bar: atMost(10, numbers{20}, count, "twice the most", "")},
			{bar: atMost(10, numbers{5}, count, "best", "")}, {bar: atMost(0, numbers{0}, count, "errors", "")}, {},
		}
	}}, {"c", "check", "what", func(*results) []row { panic("not measured") }}}
	text := summary(newResults(t))
	for _, want := range []string{
		"meets 3 of the 4 targets", "above its target**: best, 5 (at most 10, met).",
		"below**: twice the most, 20 (at most 10, **not met**).", "`make bench`",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
	blocks = []block{{"b", "sync", "what", func(*results) []row { return []row{{bar: atLeast(10, numbers{15}, ratio, "good", "")}} }}}
	if text := summary(newResults(t)); !strings.Contains(text, "Closest to its target") {
		t.Errorf("all are met, and the summary says that one is not:\n%s", text)
	}
}

// TestPlot reads the picture as XML, and looks for where numbers are.
func TestPlot(t *testing.T) {
	picture := plot{
		title: "A < B", x: "secrets", y: "time", yUnit: duration,
		series: []series{
			{"ours", []point{{10, 2e6}, {1000, 8e6}}},
			{"theirs", []point{{10, 3e6}, {1000, 8.1e6}}},
		},
	}.svg()
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		"<title>A &lt; B</title>", ">10</text>", ">1,000</text>", ">1 ms</text>", ">10 ms</text>",
		`d="M76.0 265.7L560.0 85.1"`,                      // of 1 to 10 ms, 2 are three tenths up, and 8 nine tenths
		`y="87.5">theirs</text>`, `y="103.5">ours</text>`, // one below the other, although the lines end 2 pixels apart,
	} {
		if !strings.Contains(picture, want) {
			t.Errorf("the plot lacks %s:\n%s", want, picture)
		}
	}
}
