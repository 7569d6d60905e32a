package release

import "slices"

// firstExamined is the earliest release whose settings were examined.
var firstExamined = Number{0, 5, 0}

// History says which releases read a setting, where the defaults of 0.9.3 and 1.4.1
// do not show it.
type History struct {
	Name        string
	First, Last Number // that read it
	Instead     string // what to do if Last is not the latest
}

// histories are the settings that no release since one before 1.4.1 reads, and those
// that are read without being a default. They are from the config.toml and the
// source of 74 releases; a test compares them with fixtures/prefect/settings.jsonl.
var histories = []History{
	{"cloud.agent.auth_token", Number{0, 6, 2}, Number{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.agent.env_vars", Number{0, 10, 7}, latest, ""},
	{"cloud.agent.resource_manager.loop_interval", Number{0, 6, 2}, Number{0, 14, 22}, "remove it, for the agents of 0.15.0 have no resource manager"},
	{"cloud.auth_token", firstExamined, Number{0, 15, 13}, "use cloud.api_key, which 0.15.0 put in its place"},
	{"cloud.graphql", firstExamined, Number{0, 15, 13}, "use cloud.api, where 1.0.0 and later send what they ask"},
	{"cloud.log", firstExamined, Number{0, 5, 5}, "remove it, for logs go to cloud.api"},
	{"cloud.result_handler", firstExamined, Number{0, 5, 5}, "remove it, and give flows a result of prefect.engine.results"},
	{"engine.executor.dask.local_processes", firstExamined, Number{0, 13, 19}, "give the executor cluster_kwargs={\"processes\": …}, as 0.11.5 has it"},
	{"engine.result_handler.default_class", firstExamined, Number{0, 8, 1}, "give flows a result of prefect.engine.results"},
	{"logging.log_to_cloud", firstExamined, Number{0, 15, 13}, "use cloud.send_flow_run_logs, which 0.14.20 put in its place"},
	{"server.graphql.port", Number{0, 10, 0}, Number{0, 14, 10}, "use server.graphql.host_port"},
	{"server.ui.graphql_url", Number{0, 10, 3}, Number{0, 13, 6}, "use server.ui.apollo_url, which 0.13.7 put in its place"},
	{"tasks.defaults.checkpoint", firstExamined, Number{0, 9, 0}, "use flows.checkpointing"},
	{"tasks.defaults.timeout", firstExamined, latest, ""},
	{"user_config_path", firstExamined, Number{0, 5, 3}, "set the environment variable PREFECT__USER_CONFIG_PATH"},
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
	r := v.Number()
	return h.First.Compare(r) <= 0 && r.Compare(h.Last) <= 0
}

// Span returns the numbers of the first and the last release that read the setting.
func (h History) Span() string {
	if h.First == firstExamined {
		return "up to " + h.Last.String()
	}
	return h.First.String() + " to " + h.Last.String()
}
