package server

import (
	"math"
	"runtime/debug"
	"testing"
	"testing/fstest"
)

func TestGroupLimit(t *testing.T) {
	const mib = 1 << 20
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing": {nil, 0},
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "67108864\n",
		}, 64 * mib},
		"version 2, none": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n",
		}, 0},
		"version 2, nested": {map[string]string{
			"proc/self/cgroup":                       "0::/pods/one/main\n",
			"sys/fs/cgroup/pods/one/main/memory.max": "max\n",
			"sys/fs/cgroup/pods/one/memory.max":      "134217728\n",
			"sys/fs/cgroup/pods/memory.max":          "268435456\n",
		}, 128 * mib},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:cpu:/x\n4:memory:/docker/abc\n0::/\n",
			"sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "67108864\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":            "9223372036854771712\n",
		}, 64 * mib},
		"version 1, seen from within the container": {map[string]string{
			"proc/self/cgroup":                           "4:hugetlb,memory:/docker/abc\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "67108864\n",
		}, 64 * mib},
		"version 1, none": {map[string]string{
			"proc/self/cgroup":                           "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 0},
		"both": {map[string]string{
			"proc/self/cgroup": "4:memory:/a\n0::/b\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "134217728\n",
			"sys/fs/cgroup/unified/b/memory.max":           "67108864\n",
		}, 64 * mib},
		"a path with dots": {map[string]string{
			"proc/self/cgroup": "0::/../../one\n", "sys/fs/cgroup/one/memory.max": "67108864\n",
		}, 64 * mib},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for path, text := range tt.files {
				files[path] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := groupLimit(files); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestLimitMemory(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	group := fstest.MapFS{
		"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/memory.max": {Data: []byte("67108864\n")},
	}
	if got := LimitMemory(group); got != 64<<20 || debug.SetMemoryLimit(-1) != 56<<20 {
		t.Errorf("the group's limit gave %d, and Go's is %d", got, debug.SetMemoryLimit(-1))
	}
	debug.SetMemoryLimit(100 << 20)
	if got := LimitMemory(group); got != 100<<20 || debug.SetMemoryLimit(-1) != 100<<20 {
		t.Errorf("GOMEMLIMIT gave %d, and Go's is %d", got, debug.SetMemoryLimit(-1))
	}
	debug.SetMemoryLimit(math.MaxInt64)
	if got := LimitMemory(fstest.MapFS{}); got != 0 || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		t.Errorf("nothing gave %d, and Go's is %d", got, debug.SetMemoryLimit(-1))
	}
}
