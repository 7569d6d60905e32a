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

// LimitMemory returns how many bytes the process may use, for [Config.Memory]; 0 means
// that nothing says so. GOMEMLIMIT decides if it is set. Otherwise it is the limit of
// the process's control group. Go's collector then gets seven eighths of that as its
// own limit: an eighth is left for memory that Go does not manage.
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

// groupLimit returns the lowest limit of the process's control group and of the groups
// above it; 0 means unlimited. Version 2 of control groups has one tree, version 1 has
// one for memory alone, and a system may have both (proc(5), cgroups(7)).
func groupLimit(root fs.FS) int64 {
	table, _ := fs.ReadFile(root, "proc/self/cgroup")
	lowest := int64(0)
	for line := range strings.Lines(string(table)) {
		number, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case number == "0" && controllers == "":
			lowest = lowerLimit(lowest, treeLimit(root, "sys/fs/cgroup", group, "memory.max"))
			lowest = lowerLimit(lowest, treeLimit(root, "sys/fs/cgroup/unified", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			lowest = lowerLimit(lowest, treeLimit(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return lowest
}

// treeLimit returns the lowest limit from a group up to the root of its tree. Missing
// directories are skipped: a container may see its group as the root of the tree,
// while its table has the host's name of the group.
func treeLimit(root fs.FS, tree, group, file string) int64 {
	lowest := int64(0)
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		text, _ := fs.ReadFile(root, path.Join(tree, dir, file))
		limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
		if err == nil && limit > 0 && limit < unlimited {
			lowest = lowerLimit(lowest, limit)
		}
		if dir == "/" {
			return lowest
		}
	}
}

// unlimited and greater numbers mean that there is no limit: version 1 of control groups
// writes the greatest multiple of a page then.
const unlimited = 1 << 60

// lowerLimit returns the lower limit. 0 means no limit.
func lowerLimit(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
