package bench

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

const (
	wall = "ns/op"
	cpu  = "cpu-ns/op"
)

// blocks are the tables of the page, in its order.
var blocks = []block{
	{"the machine", "", "part | commit | date | machine | cores | load before | instructions", machineRows},
	{"sync", "sync", "what | prefect-secrets | Prefect 1.4.1 | ratio | target | CPU time | Prefect's CPU time | requests", syncRows},
	{"cost", "sync", "secrets | sync | CPU time | time a secret | requests | Prefect's loop | loops measured", costRows},
	{"cost in the process", "sync", "secrets | plan a secret | allocations | plan, write, verify a secret | CPU time | allocations | bytes", inProcessRows},
	{"blocks", "blocks", "what | prefect-secrets | Prefect 3's client | ratio | target | CPU time | its CPU time", blocksRows},
	{"check", "check", "1,000 configs of | what | time | CPU time | CPU time for each core", checkRows},
	{"check bars", "check", "1,000 configs of | compared | by CPU time for each core | target | by elapsed time", checkBarRows},
	{"check of one file", "check", "keys | plain secrets, CPU time | for each key | sections with references, CPU time | for each key", keyRows},
	{"profile of check", "check", "code | of the CPU time | of the allocations", profileRows("check")},
	{"testkit", "testkit", "what | time | CPU time | allocations | bytes", testkitRows},
	{"testkit bars", "testkit", "what | figure | target", testkitBarRows},
	{"profile of testkit", "testkit", "code | of the CPU time | of the allocations", profileRows("testkit")},
	{"file writes", "file", "writers | what | writes a second | relative to bbolt | relative to bbolt behind net/http | " +
		"its own CPU time a write | the client's CPU time | writes a commit", fileWriteRows},
	{"file bars", "file", "writers | compared | writes a second | target", fileBarRows},
	{"file documents", "file", "documents at a time | what | secrets a second | relative to bbolt | relative to bbolt behind net/http | " +
		"its own CPU time a secret | the client's CPU time | secrets a commit", fileDocumentRows},
	{"file reads", "file", "what | a second | CPU time", fileReadRows},
	{"file start", "file", "what | time | CPU time | memory", fileStartRows},
	{"vault writes", "vault", "Vault's storage | what | a second | CPU time of all | its own CPU time | peak memory", vaultRows("Sets/memory", "Sets/files", "Sets/raft")},
	{"vault names", "vault", "names | what | a second | CPU time of all | its own CPU time | peak memory", vaultRows("Names/10000")},
	{"vault bars", "vault", "what | compared | figure | target", vaultBarRows},
	{"vault model", "vault", "what | figure", vaultModelRows},
	{"vault reads", "vault", "what | figure | target", vaultReadRows},
	{"container", "container", "what | start to exit | more than the empty image | image", containerRows},
}

// parts are those of run.sh.
var parts = []string{"sync", "blocks", "check", "testkit", "file", "vault", "container"}

func machineRows(r *results) (rows []row) {
	for _, part := range parts {
		h := r.parts[part]
		if h == nil {
			continue
		}
		rows = append(rows, row{cells: []string{
			part, "`" + h["commit"] + "`", h["date"], h["cpu"] + ", " + h["memory"] + ", " + h["system"] + ", " + h["go"], h["cores"], h["load"], h["instructions"],
		}})
	}
	return rows
}

// compared is a row of ours against the client's.
func compared(r *results, what, ours, theirs, unitOfTheirs string, limit float64, why string) row {
	mine, other := r.get(ours, wall), r.get(theirs, unitOfTheirs)
	b := atLeast(limit, other.over(mine), ratio, what, why)
	return row{bar: b, cells: []string{
		what, mine.in(duration), other.in(duration), b.got.in(ratio), b.String(), r.get(ours, cpu).middle(duration), r.get(theirs, cpu).middle(duration), "",
	}}
}

const (
	whySync  = "a sync takes three round trips, and most of its time is their delay."
	whyStart = "most of the time is the start of a process: the system loads the program, and Go initialises its packages."
)

func syncRows(r *results) []row {
	var rows []row
	for _, of := range []struct {
		secrets, delay int
		unit           string // with a delay, that of the loop alone, without the start of Python
		limit          float64
		why            string
	}{{100, 50, "loop-ns/op", 30, whySync}, {1000, 50, "loop-ns/op", 200, whySync}, {100, 0, wall, 50, whyStart}} {
		name := fmt.Sprintf("CommandSync/secrets=%d,delay=%dms/", of.secrets, of.delay)
		what := fmt.Sprintf("%s secrets, %d ms a request", count.number(float64(of.secrets)), of.delay)
		next := compared(r, what, name+"prefect-secrets", name+"client", of.unit, of.limit, of.why)
		next.cells[len(next.cells)-1] = r.get(name+"prefect-secrets", "requests/op").in(count)
		rows = append(rows, next)
	}
	version := r.get("CommandStart/version/prefect-secrets", wall)
	start := atMost(10e6, version, duration, "`prefect-secrets version`", whyStart)
	return append(rows,
		row{bar: start, cells: []string{start.what, version.in(duration), "", "", start.String(), r.get("CommandStart/version/prefect-secrets", cpu).middle(duration), "", ""}},
		compared(r, "`check` of one config, against `import prefect`", "CommandStart/check/prefect-secrets", "CommandStart/check/import-prefect", wall, 50, whyStart),
	)
}

const whyBlocks = "the server takes most of the time: it writes each block by itself, for us too."

// blocksRows compare 100 secrets. The client's time is that of its loop, its CPU time that of its process.
func blocksRows(r *results) (rows []row) {
	for _, of := range []struct {
		name, what string
		limit      float64
	}{{"create", "100 blocks created", 2.5}, {"unchanged", "the same again, nothing changed", 30}} {
		ours, theirs := "Blocks/"+of.name+"/prefect-secrets", "Blocks/"+of.name+"/client"
		mine, other := r.get(ours, wall).times(100), r.get(theirs, wall).times(100) // samples are for one secret
		b := atLeast(of.limit, other.over(mine), ratio, of.what, whyBlocks)
		rows = append(rows, row{bar: b, cells: []string{
			of.what, mine.in(duration), other.in(duration), b.got.in(ratio), b.String(),
			r.get(ours, cpu).times(100).middle(duration), r.get(theirs, cpu).times(100).middle(duration),
		}})
	}
	return rows
}

var secretCounts = []int{10, 100, 1000, 10_000, 100_000}

func costRows(r *results) (rows []row) {
	for _, n := range secretCounts {
		name := fmt.Sprintf("CommandSync/secrets=%d,delay=0ms/", n)
		ours := r.get(name+"prefect-secrets", wall)
		client, rounds := "", ""
		if r.has(name+"client", "loop-ns/op") {
			loop := r.get(name+"client", "loop-ns/op")
			client, rounds = loop.in(duration), fmt.Sprint(len(loop))
		}
		rows = append(rows, row{cells: []string{
			count.number(float64(n)), ours.in(duration), r.get(name+"prefect-secrets", cpu).middle(duration),
			ours.times(1 / float64(n)).middle(duration), r.get(name+"prefect-secrets", "requests/op").in(count), client, rounds,
		}})
	}
	return rows
}

func inProcessRows(r *results) (rows []row) {
	for _, n := range secretCounts[:4] {
		plan, sync, each := fmt.Sprintf("Plan/%d", n), fmt.Sprintf("Sync/%d", n), 1/float64(n)
		rows = append(rows, row{cells: []string{
			count.number(float64(n)),
			r.get(plan, wall).times(each).in(duration), r.get(plan, "allocs/op").times(each).middle(count),
			r.get(sync, wall).times(each).in(duration), r.get(sync, cpu).times(each).middle(duration),
			r.get(sync, "allocs/op").times(each).middle(count), r.get(sync, "B/op").times(each).middle(count),
		}})
	}
	return rows
}

var (
	configSizes = []string{"6KB", "1KB"}
	checkTools  = []struct{ name, what string }{
		{"check", "`prefect-secrets check`, on all cores"},
		{"check-one-core", "`prefect-secrets check`, `GOMAXPROCS=1`"},
		{"burntsushi", "BurntSushi/toml, only parsing"},
		{"python", "Python's toml 0.10.2, only parsing"},
	}
)

func checkRows(r *results) (rows []row) {
	for _, size := range configSizes {
		name := "CommandCheck/1000x" + size + "/"
		for _, tool := range checkTools {
			rows = append(rows, row{cells: []string{
				configSize(r, name), tool.what, r.get(name+tool.name, wall).in(duration), r.get(name+tool.name, cpu).in(duration),
				shared(r, name, tool.name).middle(duration),
			}})
		}
	}
	return rows
}

func configSize(r *results, name string) string { return r.get(name+"check", "B/file").in(kilobytes) }

// shared is the CPU time for each core that a tool uses.
func shared(r *results, name, tool string) numbers {
	used := r.get(name+tool, cpu)
	if tool != "check" {
		return used
	}
	return used.times(1 / coresOf(r, "check"))
}

func checkBarRows(r *results) (rows []row) {
	for _, size := range configSizes {
		name := "CommandCheck/1000x" + size + "/"
		check, decode, python := shared(r, name, "check"), shared(r, name, "burntsushi"), shared(r, name, "python")
		byWall := func(of, by string) string { return r.get(name+of, wall).over(r.get(name+by, wall)).in(ratio) }
		of := configSize(r, name)
		python5 := atLeast(5, python.over(check), ratio, "Python's toml to `check`, "+of, whyCheck)
		decode15 := atMost(1.5, check.over(decode), ratio, "`check` to BurntSushi/toml, "+of, whyCheck)
		next := []row{
			{bar: python5, cells: []string{of, "Python's toml to `check`", python5.got.in(ratio), python5.String(), byWall("python", "check")}},
			{bar: decode15, cells: []string{of, "`check` to BurntSushi/toml", decode15.got.in(ratio), decode15.String(), byWall("check", "burntsushi")}},
		}
		if size == "1KB" { // whose target is a time
			for i := range next {
				next[i].bar, next[i].cells[3] = bar{}, ""
			}
		}
		rows = append(rows, next...)
	}
	small := r.get("CommandCheck/1000x1KB/check", wall)
	half := atMost(500e6, small, duration, "`check` of 1,000 configs of 1 KB", whyCheck)
	return append(rows, row{bar: half, cells: []string{configSize(r, "CommandCheck/1000x1KB/"), "`check`", "", half.String(), small.in(duration)}})
}

const whyCheck = "parsing by BurntSushi/toml is part of `check`, and takes more than a third of its time. " +
	"The profile below shows what else takes time."

// busy says that a machine was busy with other work, or nothing: more than a tenth of its cores were in use.
func (r *results) busy(part string) string {
	var used float64
	if _, err := fmt.Sscan(r.parts[part]["load"], &used); err != nil || used < coresOf(r, part)/10 {
		return ""
	}
	return fmt.Sprintf("the machine was busy with other work: its load was %s before.", r.parts[part]["load"])
}

func coresOf(r *results, part string) float64 {
	var cores float64
	if _, err := fmt.Sscan(r.parts[part]["cores"], &cores); err != nil {
		r.missing = append(r.missing, "cores of "+part)
		return float64(runtime.NumCPU())
	}
	return cores
}

func keyRows(r *results) (rows []row) {
	for _, n := range secretCounts {
		cells := []string{count.number(float64(n))}
		for _, kind := range []string{"secrets", "sections"} {
			used := r.get(fmt.Sprintf("CommandCheck/keys=%d/%s", n, kind), cpu)
			cells = append(cells, used.in(duration), used.times(1/float64(n)).middle(duration))
		}
		rows = append(rows, row{cells: cells})
	}
	return rows
}

var testkitTools = []struct{ name, what string }{
	{"NewSetGet", "testkit, in the process"}, {"NewSetGetHTTPTest", "the same through httptest and a socket"},
}

func testkitRows(r *results) (rows []row) {
	for _, tool := range testkitTools {
		rows = append(rows, row{cells: []string{
			tool.what, r.get(tool.name, wall).in(duration), r.get(tool.name, cpu).in(duration),
			r.get(tool.name, "allocs/op").in(count), r.get(tool.name, "B/op").in(kilobytes),
		}})
	}
	return rows
}

const whyTestkit = "the client is part of the figure, and the profile below shows what is not ours: shurcooL/graphql and net/http."

func testkitBarRows(r *results) (rows []row) {
	const ours = "NewSetGet"
	for _, b := range []bar{
		atLeast(10, r.get("NewSetGetHTTPTest", cpu).over(r.get(ours, cpu)), ratio, "testkit, faster than httptest by CPU time", whyTestkit),
		atMost(40e3, r.get(ours, wall), duration, "testkit, time", whyTestkit),
		atMost(280, r.get(ours, "allocs/op"), count, "testkit, allocations", whyTestkit),
		atMost(22e3, r.get(ours, "B/op"), kilobytes, "testkit, bytes", whyTestkit),
	} {
		rows = append(rows, row{bar: b, cells: []string{b.what, b.got.in(b.unit), b.String()}})
	}
	return rows
}

const (
	ofCPU         = "%-cpu"
	ofAllocations = "%-alloc-objects"
)

// profileRows returns the rows of a profile: whose code takes at least two percent of the CPU time or of the allocations.
func profileRows(name string) func(r *results) []row {
	return func(r *results) (rows []row) {
		prefix := "Profile/" + name + "/"
		var codes []string
		for of, units := range r.samples {
			if code, ok := strings.CutPrefix(of, prefix); ok && max(share(units[ofCPU]), share(units[ofAllocations])) >= 2 {
				codes = append(codes, code)
			}
		}
		slices.SortFunc(codes, func(a, b string) int {
			return cmp.Or(cmp.Compare(share(r.samples[prefix+b][ofCPU]), share(r.samples[prefix+a][ofCPU])), cmp.Compare(a, b))
		})
		for _, code := range codes {
			units := r.samples[prefix+code]
			rows = append(rows, row{cells: []string{"`" + code + "`", percent(units[ofCPU]), percent(units[ofAllocations])}})
		}
		if rows == nil {
			r.missing = append(r.missing, prefix)
			rows = []row{{cells: []string{"", "", ""}}}
		}
		return rows
	}
}

// share is 0 for what a profile does not have.
func share(n numbers) float64 {
	if len(n) == 0 {
		return 0
	}
	return n.median()
}

func percent(n numbers) string { return fmt.Sprintf("%.0f %%", share(n)) }

func containerRows(r *results) (rows []row) {
	const name = "Container/100-secrets/"
	empty := r.get(name+"empty", wall)
	for _, of := range []struct{ tool, what string }{
		{"empty", "an empty static image"},
		{"action", "this Action, from its image"},
		{"node", "a script in Node, which writes the secrets one by one (no container)"},
		{"client", "a Python image with Prefect's client in a loop"},
	} {
		took := r.get(name+of.tool, wall)
		more, image := "", ""
		if of.tool != "empty" {
			more = numbers{took.median() - empty.median()}.in(duration)
		}
		if r.has(name+of.tool, "image-MB") {
			image = r.get(name+of.tool, "image-MB").middle(megabytes)
		}
		rows = append(rows, row{cells: []string{of.what, took.in(duration), more, image}})
	}
	return rows
}

var (
	writerCounts = []int{1, 16, 128}
	fileTools    = []fileTool{
		{bareTool, "bbolt, only puts"},
		{aloneTool, "the store, in the process"},
		{httpTool, "bbolt behind net/http, only puts"},
		{serveTool, "`serve`"},
	}
)

// fileTool is what writes to a file.
type fileTool struct{ name, what string }

const (
	bareTool  = "bbolt-bare-puts" // in the process
	aloneTool = "the-store-alone"
	httpTool  = "bbolt-HTTP-puts" // behind net/http
	serveTool = "serve"
)

func fileWriteRows(r *results) (rows []row) {
	for _, writers := range writerCounts {
		for _, tool := range fileTools {
			rows = append(rows, fileRow(r, fmt.Sprintf("ServeFile/writes=%d/", writers), writers, tool))
		}
	}
	return rows
}

// fileBarRows compare the store in the process with bbolt in the process, and serve with that and with bbolt behind
// net/http.
func fileBarRows(r *results) (rows []row) {
	for _, of := range []struct{ tool, rival, what, why string }{
		{aloneTool, bareTool, "the store to bbolt", "the store also encrypts each value."},
		{serveTool, bareTool, "`serve` to bbolt", "each write is a request over HTTP, and its client shares the cores."},
		{serveTool, httpTool, "`serve` to bbolt behind net/http", "`serve` also parses and checks each document, encrypts the value, " +
			"and writes an audit line, on cores that the client needs too."},
	} {
		for _, writers := range writerCounts {
			name := fmt.Sprintf("ServeFile/writes=%d/", writers)
			get := func(tool, unit string) numbers { return r.get(name+tool, unit) }
			const speed, used = "writes-a-second", "CPU-time-a-write-µs"
			more := get(of.tool, used).median() - get(of.rival, used).median()
			longer := 1e9/get(of.tool, speed).median() - 1e9/get(of.rival, speed).median()
			why := fmt.Sprintf("%s A write takes %s longer, and %s more CPU time.", of.why, numbers{longer}.in(duration), numbers{more * 1e3}.in(duration))
			if of.rival == bareTool && of.tool == serveTool {
				why += fmt.Sprintf(" Over HTTP bbolt itself reaches %s.", get(httpTool, speed).over(get(bareTool, speed)).middle(ratio))
			}
			bar := atLeast(0.8, get(of.tool, speed).over(get(of.rival, speed)), ratio, fmt.Sprintf("%s, writers: %d", of.what, writers), why)
			rows = append(rows, row{bar: bar, cells: []string{count.number(float64(writers)), of.what, bar.got.in(ratio), bar.String()}})
		}
	}
	return rows
}

// fileDocumentRows have figures for one secret.
func fileDocumentRows(r *results) (rows []row) {
	for _, writers := range []int{1, 16} {
		for _, tool := range fileTools {
			if tool.name == aloneTool {
				continue // not measured: documents come over HTTP
			}
			rows = append(rows, fileRow(r, fmt.Sprintf("ServeFile/documents=%d/", writers), writers, tool))
		}
	}
	return rows
}

// fileRow returns the row of a tool.
func fileRow(r *results, name string, writers int, tool fileTool) row {
	get := func(unit string) numbers { return r.get(name+tool.name, unit) }
	relative := func(rival string) string {
		return get("writes-a-second").over(r.get(name+rival, "writes-a-second")).in(ratio)
	}
	bare, http, client := "", "", ""
	if tool.name != bareTool {
		bare = relative(bareTool)
	}
	if tool.name == httpTool || tool.name == serveTool {
		client = get("client's-CPU-time-a-write-µs").times(1e3).middle(duration)
		if tool.name != httpTool {
			http = relative(httpTool)
		}
	}
	return row{cells: []string{
		count.number(float64(writers)), tool.what, get("writes-a-second").rounded().in(count), bare, http,
		get("CPU-time-a-write-µs").times(1e3).middle(duration), client, get("writes-a-commit").middle(count),
	}}
}

func fileReadRows(r *results) (rows []row) {
	for _, of := range []struct{ name, what string }{
		{"reads/bbolt-bare-gets", "a value, bbolt alone"}, {"reads/the-store-alone", "a value, the store in the process"},
		{"reads/bbolt-HTTP-gets", "a value, bbolt behind net/http"}, {"reads/serve", "a value, `serve`"},
		{"names/the-store-alone", "the names of a tenant, the store in the process"}, {"names/serve", "the names of a tenant, `serve`"},
	} {
		rows = append(rows, row{cells: []string{
			of.what, r.get("ServeFile/"+of.name, "a-second").rounded().in(count), r.get("ServeFile/"+of.name, "CPU-time-µs").times(1e3).in(duration),
		}})
	}
	return rows
}

func fileStartRows(r *results) (rows []row) {
	const start, copies = "ServeFile/start/serve", "ServeFile/copies/"
	for _, of := range []struct{ what, name, time, cpu, memory string }{
		{"start, until `serve` answers", start, "ready-ms", "CPU-time-to-ready-ms", "memory-when-ready-MB"},
		{"then the names of all tenants, one after the other", start, "names-of-all-tenants-ms", "", "memory-after-names-MB"},
		{"`backup`; the memory is what it adds to that of `serve`", copies + "backup-serve", "time-ms", "CPU-time-of-the-command-ms", "growth-of-serve's-memory-without-the-file's-pages-MB"},
		{"`restore`", copies + "restore-serve", "time-ms", "CPU-time-of-the-command-ms", ""},
	} {
		used, memory := "", ""
		if of.cpu != "" {
			used = r.get(of.name, of.cpu).times(1e6).middle(duration)
		}
		if of.memory != "" {
			memory = r.get(of.name, of.memory).middle(megabytes)
		}
		rows = append(rows, row{cells: []string{of.what, r.get(of.name, of.time).times(1e6).in(duration), used, memory}})
	}
	return rows
}

var vaultTools = []struct{ name, what string }{
	{"directly-to-Vault", "directly to Vault"}, {"bare-proxy", "a reverse proxy of net/http"}, {"serve", "`serve`"},
}

const perSecond = 1e6 // of microseconds

// vaultRows returns the rows of subjects, whose name is after the slash.
func vaultRows(subjects ...string) func(r *results) []row {
	return func(r *results) (rows []row) {
		for _, subject := range subjects {
			_, what, _ := strings.Cut(subject, "/")
			for _, tool := range vaultTools {
				name := "Vault" + subject + "/" + tool.name
				own, peak := "", ""
				if r.has(name, "own-cpu-µs/op") {
					own = r.get(name, "own-cpu-µs/op").times(1e3).middle(duration)
					peak = r.get(name, "peak-MB").middle(megabytes)
				}
				rows = append(rows, row{cells: []string{
					what, tool.what, r.get(name, "µs/op").inverse(perSecond).rounded().in(count),
					r.get(name, "cpu-µs/op").times(1e3).in(duration), own, peak,
				}})
			}
		}
		return rows
	}
}

const (
	whySets  = "`serve` also parses and checks each document, and writes an audit line, on cores that Vault and the client need too."
	whyNames = "Vault makes its list for `serve` too, which then reads it and writes it as GraphQL."
)

func vaultBarRows(r *results) (rows []row) {
	for _, storage := range []string{"memory", "files", "raft"} {
		name := "VaultSets/" + storage + "/"
		bar := atLeast(0.95, r.get(name+"bare-proxy", "µs/op").over(r.get(name+"serve", "µs/op")), ratio, "sets, Vault on "+storage, whySets)
		rows = append(rows, row{bar: bar, cells: []string{bar.what, "speed of `serve` to the proxy's", bar.got.in(ratio), bar.String()}})
	}
	const names = "VaultNames/10000/"
	bar := atMost(1.3, r.get(names+"serve", "cpu-µs/op").over(r.get(names+"directly-to-Vault", "cpu-µs/op")), ratio, "names of 10,000 secrets", whyNames)
	return append(rows, row{bar: bar, cells: []string{bar.what, "CPU time through `serve` to that of Vault's own list", bar.got.in(ratio), bar.String()}})
}

// vaultModelRows are the constants of the model in the page.
func vaultModelRows(r *results) (rows []row) {
	const read = "VaultRead/one-replica/serve"
	for _, of := range []struct {
		what, unit string
		factor     float64
		in         unit
	}{
		{"*a*: CPU time of the agent's request, for a read", "client-cpu-µs", 1e3, duration},
		{"*v*: CPU time of Vault", "vault-cpu-µs", 1e3, duration},
		{"*s*: CPU time of `serve`", "replica-cpu-µs", 1e3, duration},
		{"reads a second through one replica, 16 at a time", "reads-a-second", 1, count},
		{"*C*: cores that the machine gave to them", "cores", 1, count},
	} {
		rows = append(rows, row{cells: []string{of.what, r.get(read, of.unit).times(of.factor).in(of.in)}})
	}
	return rows
}

const whyReads = "an agent waits 15 s for an answer, as Prefect's client does, and the cores that were free could not answer " +
	"1,000 reads a second: *C / (a + v + s)* in the table above says how many they can."

func vaultReadRows(r *results) (rows []row) {
	const paced, burst = "VaultPaced/reads=10000/two-replicas", "VaultBurst/agents=2000/two-replicas"
	failed := append(slices.Clone(r.get(paced, "errors")), r.get(burst, "errors")...)
	errors := atMost(0, numbers{slices.Max(failed)}, count, "reads without an answer", whyReads)
	return []row{
		{cells: []string{"10,000 reads in 10 s: a second", r.get(paced, "reads-a-second").rounded().in(count), ""}},
		{cells: []string{"half of them answered within", r.get(paced, "p50-ms").times(1e6).in(duration), ""}},
		{cells: []string{"99 % of them answered within", r.get(paced, "p99-ms").times(1e6).in(duration), ""}},
		{cells: []string{"2,000 reads at once: until the last answer, predicted", r.get(burst, "predicted-seconds").times(1e9).in(duration), ""}},
		{cells: []string{"measured", r.get(burst, "seconds").times(1e9).in(duration), ""}},
		{cells: []string{"measured to predicted", r.get(burst, "seconds").over(r.get(burst, "predicted-seconds")).in(ratio), ""}},
		{bar: errors, cells: []string{errors.what, errors.got.in(count), errors.String()}},
	}
}

// plots are the pictures of the page, by file.
func plots(r *results) map[string]plot {
	return map[string]plot{
		"sync.svg": {
			title: "Time of a sync, by number of secrets", x: "secrets", y: "time", yUnit: duration,
			series: []series{
				line(r, "prefect-secrets", secretCounts, "CommandSync/secrets=%d,delay=0ms/prefect-secrets", wall),
				line(r, "Prefect's client", secretCounts, "CommandSync/secrets=%d,delay=0ms/client", "loop-ns/op"),
			},
		},
		"serve.svg": {
			title: "Writes a second to a file, by number of writers", x: "writers at a time", y: "writes a second", yUnit: count,
			series: []series{
				line(r, "serve", writerCounts, "ServeFile/writes=%d/serve", "writes-a-second"),
				line(r, "bbolt, only puts", writerCounts, "ServeFile/writes=%d/bbolt-bare-puts", "writes-a-second"),
				line(r, "bbolt behind net/http", writerCounts, "ServeFile/writes=%d/bbolt-HTTP-puts", "writes-a-second"),
				line(r, "store in the process", writerCounts, "ServeFile/writes=%d/the-store-alone", "writes-a-second"),
			},
		},
		"check.svg": {
			title: "CPU time of check, by number of keys in a file", x: "keys", y: "CPU time", yUnit: duration,
			series: []series{
				line(r, "plain secrets", secretCounts, "CommandCheck/keys=%d/secrets", cpu),
				line(r, "sections, references", secretCounts, "CommandCheck/keys=%d/sections", cpu),
			},
		},
	}
}

// line has the medians of what was measured: a client that takes minutes is not, for the largest numbers.
func line(r *results, label string, xs []int, name, unit string) series {
	s := series{label: label}
	for _, x := range xs {
		if of := fmt.Sprintf(name, x); r.has(of, unit) {
			s.points = append(s.points, point{float64(x), r.get(of, unit).median()})
		}
	}
	if slices.IndexFunc(s.points, func(p point) bool { return p.y <= 0 }) >= 0 || len(s.points) == 0 {
		r.missing = append(r.missing, label)
		s.points = []point{{1, 1}, {10, 10}}
	}
	return s
}
