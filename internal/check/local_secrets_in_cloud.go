package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkLocalSecrets reports use_local_secrets = true in a config that has an API key
// or a cloud backend, and so is meant for cloud execution. Prefect's own config.toml has
// both settings, and its copies say nothing by it.
func checkLocalSecrets(s *source, report func(finding)) {
	reason := ""
	var local *setting
	for _, v := range s.settings() {
		switch name := v.name; {
		case name == "cloud.use_local_secrets" && (v.Kind == tomlpos.Boolean || v.Kind.IsString()) && strings.EqualFold(v.str, "true"):
			local = v
		case (name == "cloud.api_key" || name == "cloud.auth_token" || name == "cloud.agent.auth_token") && v.str != "":
			reason = name + " is set"
		case name == "backend" && v.str == "cloud" && !s.isCopy():
			reason = "backend is cloud"
		}
	}
	if local != nil && reason != "" {
		report(local.finding(
			fmt.Sprintf("secrets are read locally here, while %s", reason),
			"with use_local_secrets = false flows read their secrets from the store; agents set that for the runs they start",
		))
	}
}
