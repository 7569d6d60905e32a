package bench

import (
	"cmp"
	"fmt"
	"slices"
)

// summary is the beginning of the page: what was compared, the figures that are furthest above and below their
// targets, and how to measure them again.
func summary(r *results) string {
	bars, met := measuredBars(r), 0
	for _, b := range bars {
		if b.met() {
			met++
		}
	}
	first := r.parts[parts[0]]
	best, worst, last := bars[len(bars)-1], bars[0], "Furthest below"
	if worst.met() {
		last = "Closest to its target"
	}
	return fmt.Sprintf("- **Compared** on %s with %s cores: prefect-secrets with the clients of Prefect 1 and 3, Python's toml, "+
		"bbolt, Vault, and other containers. It meets %d of the %d targets below.\n"+
		"- **Furthest above its target**: %s. **%s**: %s.\n"+
		"- **To measure it yourself**: `make bench`, which takes about 20 minutes.\n",
		first["cpu"], first["cores"], met, len(bars), best.sentence(), last, worst.sentence())
}

// measuredBars are all bars whose part was measured, the one that is missed by most first.
func measuredBars(r *results) (bars []bar) {
	for _, b := range blocks {
		if r.parts[b.part] == nil {
			continue
		}
		for _, row := range b.rows(r) {
			if row.bar.what != "" {
				bars = append(bars, row.bar)
			}
		}
	}
	slices.SortStableFunc(bars, func(a, b bar) int { return cmp.Compare(a.margin(), b.margin()) })
	return bars
}

// sentence has the figure with its target.
func (b bar) sentence() string {
	return fmt.Sprintf("%s, %s (%s)", b.what, b.got.middle(b.unit), b)
}
