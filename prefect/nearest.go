package prefect

import "github.com/agnivade/levenshtein"

// nearest is the candidate that name was most likely meant to be: at most a
// third of its letters away. It is empty if none is near.
func nearest(name string, candidates []string) string {
	best, distance := "", len(name)/3+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(name, c); d < distance {
			best, distance = c, d
		}
	}
	return best
}
