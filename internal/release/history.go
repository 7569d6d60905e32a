package release

import (
	"fmt"
	"slices"
)

// Number is the number of a release of Prefect: major, minor and patch.
type Number [3]int

func (r Number) String() string { return fmt.Sprintf("%d.%d.%d", r[0], r[1], r[2]) }

// The releases of [V0_9] and [V1_4], and the earliest one that was examined.
var (
	earliest = Number{0, 5, 0}
	older    = Number{0, 9, 3}
	latest   = Number{1, 4, 1}
)

// number returns the number of a version's release; that of Documented is the one that
// its page is closest to.
func (v Version) number() Number {
	if v == V1_4 {
		return latest
	}
	return older
}

// History says which releases read a setting, where the defaults of 0.9.3 and 1.4.1 do
// not show it.
type History struct {
	Name        string
	First, Last Number // that read it
	Instead     string // what to do if Last is not the latest
}

// histories are the settings that no release since one before 1.4.1 reads, and those
// that are read without being a default. They are from the config.toml and the source
// of 74 releases; a test compares them with fixtures/prefect/settings.jsonl.
var histories = []History{
	{"cloud.agent.auth_token", Number{0, 6, 2}, Number{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.agent.env_vars", Number{0, 10, 7}, latest, ""},
	{"cloud.agent.resource_manager.loop_interval", Number{0, 6, 2}, Number{0, 14, 22}, "remove it, for the agents of 0.15.0 have no resource manager"},
	{"cloud.auth_token", earliest, Number{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.graphql", earliest, Number{0, 15, 13}, "use cloud.api, where 1.0.0 and later send what they ask"},
	{"cloud.log", earliest, Number{0, 5, 5}, "remove it, for logs go to cloud.api"},
	{"cloud.result_handler", earliest, Number{0, 5, 5}, "remove it, and give flows a result of prefect.engine.results"},
	{"engine.executor.dask.local_processes", earliest, Number{0, 13, 19}, "give the executor cluster_kwargs={\"processes\": …}, as 0.11.5 has it"},
	{"engine.result_handler.default_class", earliest, Number{0, 8, 1}, "give flows a result of prefect.engine.results"},
	{"logging.log_to_cloud", earliest, Number{0, 15, 13}, "use cloud.send_flow_run_logs, which 0.14.20 put in its place"},
	{"server.graphql.port", Number{0, 10, 0}, Number{0, 14, 10}, "use server.graphql.host_port"},
	{"server.ui.graphql_url", Number{0, 10, 3}, Number{0, 13, 6}, "use server.ui.apollo_url, which 0.13.7 put in its place"},
	{"tasks.defaults.checkpoint", earliest, Number{0, 9, 0}, "use flows.checkpointing"},
	{"tasks.defaults.timeout", earliest, latest, ""},
	{"user_config_path", earliest, Number{0, 5, 3}, "set the environment variable PREFECT__USER_CONFIG_PATH"},
}

// HistoryOf returns the history of a setting, if it has one.
func HistoryOf(name string) (History, bool) {
	i := slices.IndexFunc(histories, func(h History) bool { return h.Name == name })
	if i < 0 {
		return History{}, false
	}
	return histories[i], true
}

// Histories returns all histories, sorted by name.
func Histories() []History { return slices.Clone(histories) }

// ReadBy reports whether a version's release reads the setting.
func (h History) ReadBy(v Version) bool {
	r := v.number()
	return slices.Compare(h.First[:], r[:]) <= 0 && slices.Compare(r[:], h.Last[:]) <= 0
}

// Span returns the numbers of the first and the last release that read the setting.
func (h History) Span() string {
	if h.First == earliest {
		return "up to " + h.Last.String()
	}
	return h.First.String() + " to " + h.Last.String()
}
