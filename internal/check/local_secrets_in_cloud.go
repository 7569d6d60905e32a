package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkLocalSecrets reports use_local_secrets = true in a config that is meant for
// cloud execution, as a key or a cloud backend tells.
func checkLocalSecrets(s *source, report func(finding)) {
	why := ""
	var local *setting
	for i := range s.settings() {
		v := &s.cachedSettings[i]
		switch name := v.name; {
		case name == "cloud.use_local_secrets" && (v.Kind == tomlpos.Boolean || v.Kind.IsString()) && strings.EqualFold(v.str, "true"):
			local = v
		case (name == "cloud.api_key" || name == "cloud.auth_token" || name == "cloud.agent.auth_token") && v.str != "":
			why = name + " is set"
		case name == "backend" && v.str == "cloud":
			why = "backend is cloud"
		}
	}
	if local != nil && why != "" {
		report(local.finding(
			fmt.Sprintf("secrets are read locally here, while %s", why),
			"with use_local_secrets = false flows read their secrets from the store; agents set that for the runs they start",
		))
	}
}
