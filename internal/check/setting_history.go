package check

import (
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// release is a release of Prefect: major, minor and patch.
type release [3]int

func (r release) String() string { return fmt.Sprintf("%d.%d.%d", r[0], r[1], r[2]) }

// The releases that the versions stand for, and the earliest that was looked at.
var (
	earliest = release{0, 5, 0}
	older    = release{0, 9, 3}
	latest   = release{1, 4, 1}
)

// releaseOf is the release that a version stands for; prefect.Documented is taken
// for the one its page is closest to.
func releaseOf(v prefect.Version) release {
	if v == prefect.V1_4 {
		return latest
	}
	return older
}

// history says which releases read a setting, for the settings of which what 0.9.3
// and 1.4.1 begin with does not tell.
type history struct {
	name        string
	first, last release // that read it
	instead     string  // what to do where last is not the latest
}

// histories are the settings that a release before 1.4.1 was the last to read, and
// those that are read though no release begins with them. From the config.toml and
// the source of 74 releases; fixtures/prefect/settings.jsonl holds them to it.
var histories = []history{
	{"cloud.agent.auth_token", release{0, 6, 2}, release{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.agent.env_vars", release{0, 10, 7}, latest, ""},
	{"cloud.agent.resource_manager.loop_interval", release{0, 6, 2}, release{0, 14, 22}, "remove it, for the agents of 0.15.0 have no resource manager"},
	{"cloud.auth_token", earliest, release{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.graphql", earliest, release{0, 15, 13}, "use cloud.api, where 1.0.0 and later send what they ask"},
	{"cloud.log", earliest, release{0, 5, 5}, "remove it, for logs go to cloud.api"},
	{"cloud.result_handler", earliest, release{0, 5, 5}, "remove it, and give flows a result of prefect.engine.results"},
	{"engine.executor.dask.local_processes", earliest, release{0, 13, 19}, "give the executor cluster_kwargs={\"processes\": …}, as 0.11.5 has it"},
	{"engine.result_handler.default_class", earliest, release{0, 8, 1}, "give flows a result of prefect.engine.results"},
	{"logging.log_to_cloud", earliest, release{0, 15, 13}, "use cloud.send_flow_run_logs, which 0.14.20 put in its place"},
	{"server.graphql.port", release{0, 10, 0}, release{0, 14, 10}, "use server.graphql.host_port"},
	{"server.ui.graphql_url", release{0, 10, 3}, release{0, 13, 6}, "use server.ui.apollo_url, which 0.13.7 put in its place"},
	{"tasks.defaults.checkpoint", earliest, release{0, 9, 0}, "use flows.checkpointing"},
	{"tasks.defaults.timeout", earliest, latest, ""},
	{"user_config_path", earliest, release{0, 5, 3}, "set the environment variable PREFECT__USER_CONFIG_PATH"},
}

// historyOf finds the history of a setting, if it has one.
func historyOf(name string) (history, bool) {
	i := slices.IndexFunc(histories, func(h history) bool { return h.name == name })
	if i < 0 {
		return history{}, false
	}
	return histories[i], true
}

// readBy reports whether a version's release reads the setting.
func (h history) readBy(v prefect.Version) bool {
	r := releaseOf(v)
	return slices.Compare(h.first[:], r[:]) <= 0 && slices.Compare(r[:], h.last[:]) <= 0
}

// span names the releases that read the setting.
func (h history) span() string {
	if h.first == earliest {
		return "up to " + h.last.String()
	}
	return h.first.String() + " to " + h.last.String()
}
