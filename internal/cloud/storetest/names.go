package storetest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// names are the same in each test.
var names = []string{
	"SLACK_URL", "slack_url", "my secret", " ", ".", "..", "a/b", "a//b", "/a",
	"a/", "a", `a\b`,
	"%2e%2e", "%", "ümläut 秘密 🔑", "line\nbreak", "nul\x00", "-rf", "*", "?a=b#c", "con", "data", "metadata",
	strings.Repeat("n", 255), strings.Repeat("/", 255), strings.Repeat("ä", 127),
}

func testNames(t *testing.T, c *checker) {
	for i, n := range c.names {
		c.set(c.tenantA, n, fmt.Sprint(i), false)
	}
	for i, n := range c.names {
		c.checkValue(c.tenantA, n, fmt.Sprint(i))
	}
	c.checkNames(c.tenantA, slices.Sorted(slices.Values(c.names))...)
}

// manyNames is how many names are listed at once.
const manyNames = 10_000

// testManyNames lists as many names as teams have, written by many writers.
func (o options) testManyNames(t *testing.T, c *checker) {
	const writers = 100
	want := make([]string, manyNames)
	for i := range want {
		want[i] = fmt.Sprintf("team_%d/NAME_%05d", i%7, (i*7919)%manyNames)
	}
	inParallel(t, writers, func(w int) error {
		for i := w; i < len(want); i += writers {
			if _, err := c.Set(t.Context(), c.tenantA, want[i], json.RawMessage(`1`), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(want)
	c.checkNames(c.tenantA, slices.Compact(want)...)
}

// testRandomNames makes names of pieces that have a meaning in paths, URLs, globs or
// databases. None may reach another.
func testRandomNames(t *testing.T, c *checker) {
	pieces := []string{"/", "..", ".", "%", "%2f", "%00", "\x00", "\n", " ", "a", "A", "ä", "a\u0308",
		"🔑", `\`, "*", "?", "#", "+", "~", "data", c.tenantB, "\u202e", "=", "_"}
	random, values := rand.New(rand.NewPCG(7, 7)), map[string]string{}
	for len(values) < 200 {
		var name strings.Builder
		for range 1 + random.IntN(8) {
			if piece := pieces[random.IntN(len(pieces))]; name.Len()+len(piece) <= 255 {
				name.WriteString(piece)
			}
		}
		values[name.String()] = fmt.Sprint(len(values))
	}
	for name, value := range values {
		c.set(c.tenantA, name, value, false)
	}
	want := make([]string, 0, len(values))
	for name, value := range values {
		want = append(want, name)
		c.checkValue(c.tenantA, name, value)
		c.checkMissing(c.tenantB, name)
	}
	slices.Sort(want)
	c.checkNames(c.tenantA, want...)
	c.checkNames(c.tenantB)
}
