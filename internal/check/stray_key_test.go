package check

import (
	"testing"
)

// TestStrayKeys has settings of Prefect's outside of their tables, and names of variables in
// place of keys.
func TestStrayKeys(t *testing.T) {
	for text, want := range map[string]string{
		"[agent]\nname = 'a'\nlabels = \"['a']\"":                     "[cloud.agent]",
		"[executor]\ndefault_class = 'mine.Executor'":                 "[engine.executor]",
		"[executor.dask]\naddress = 'tcp://a:8786'":                   "[engine.executor]",
		"use_local_secrets = false":                                   "write use_local_secrets below [cloud]",
		"[context]\nuse_local_secrets = false":                        "write use_local_secrets below [cloud]",
		"send_flow_run_logs = false":                                  "write send_flow_run_logs below [cloud]",
		"PREFECT__CLOUD__API_KEY = '$K'":                              "write api_key below [cloud]",
		"PREFECT__CONTEXT__SECRETS__A = '$A'":                         "write A below [context.secrets]",
		"PREFECT__DEBUG = true":                                       "write debug above the first table",
		"[context.secrets]\nPREFECT__CONTEXT__SECRETS__My_Key = '$A'": "write My_Key below [context.secrets]",
	} {
		found := File("a.toml", []byte(text+"\n"), Options{Rules: []string{"unknown-key", "cast-surprise"}})
		if len(found) != 1 || found[0].Rule != "unknown-key" || !endsWith(found[0].Hint, want) {
			t.Errorf("%s: %+v", text, found)
		}
	}
	for _, own := range []string{
		"[agent]\nname = 'a'", "api_key = '$K'", "[cloud.agent.env_vars]\nPREFECT__LOGGING__LEVEL = 'DEBUG'", "[env]\nPREFECT__CLOUD__API = 'https://a.example.com'",
		"[context]\nrun_on_schedule = true", "PREFECT__ = 1", "max_retries = 3", "[executor]\nworkers = 3",
	} {
		if found := File("a.toml", []byte(own+"\n"), Options{Rules: []string{"unknown-key"}}); len(found) > 0 {
			t.Errorf("%s: %+v", own, found)
		}
	}
}

func endsWith(text, end string) bool {
	return len(text) >= len(end) && text[len(text)-len(end):] == end
}
