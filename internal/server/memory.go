package server

import (
	"bytes"
	"io/fs"
	"math"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// LimitMemory finds out how many bytes the process may take, for [Config.Memory]; 0
// means that nothing says so. GOMEMLIMIT decides where it is set. Else it is the
// limit of the process's control group, of which Go's collector gets seven eighths as
// its own: an eighth is left for memory that is not Go's.
func LimitMemory(root fs.FS) int64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return limit
	}
	limit := groupLimit(root)
	if limit > 0 {
		debug.SetMemoryLimit(limit - limit/8)
	}
	return limit
}

// groupLimit is the least of the limits of the process's control group and of those
// above it; 0 means unlimited. Version 2 has one tree, version 1 one for
// memory alone, and a system may have both (proc(5), cgroups(7)).
func groupLimit(root fs.FS) int64 {
	table, _ := fs.ReadFile(root, "proc/self/cgroup")
	least := int64(0)
	for line := range strings.Lines(string(table)) {
		number, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case number == "0" && controllers == "":
			least = lowerLimit(least, treeLimit(root, "sys/fs/cgroup", group, "memory.max"))
			least = lowerLimit(least, treeLimit(root, "sys/fs/cgroup/unified", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			least = lowerLimit(least, treeLimit(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return least
}

// limitAbove reads the limits from a group up to the root. A container that sees its
// group as the root, while its table still names it as the host does, has no such
// directory below: what is missing is passed over.
func treeLimit(root fs.FS, tree, group, file string) int64 {
	least := int64(0)
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		text, _ := fs.ReadFile(root, path.Join(tree, at, file))
		if limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); err == nil && limit > 0 && limit < unlimited {
			least = lowerLimit(least, limit)
		}
		if at == "/" {
			return least
		}
	}
}

// unlimited is from where on a limit means none: version 1 writes the greatest
// multiple of a page.
const unlimited = 1 << 60

// lesser takes 0 for no limit.
func lowerLimit(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
