package release

import "fmt"

// Names returns what [ParseVersion] accepts, one name for each minor release: its
// latest patch. The documentation comes first, then the newest release.
func Names() []string {
	names := []string{Documented.String()}
	for i := len(latestPatches) - 1; i >= 0; i-- {
		if n := latestPatches[i]; n.Compare(earliest) >= 0 {
			names = append(names, fmt.Sprintf("%d.%d", n[0], n[1]))
		}
	}
	return names
}
