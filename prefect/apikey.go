package prefect

import (
	"errors"
	"strings"
)

// APIKeyVariables are the environment variables that hold an API key; of those that
// are set the first counts. The last is also where Prefect 2 and 3 look for theirs.
var APIKeyVariables = []string{"PREFECT_SECRETS_API_KEY", "PREFECT__CLOUD__API_KEY", "PREFECT_API_KEY"}

// ErrPrefectCloudKey means that a key is one of Prefect Cloud 2 or 3, whose keys
// begin with pnu_ or pnb_. It is never sent to a secrets API.
var ErrPrefectCloudKey = errors.New("it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API")

// CheckAPIKey reports why a key cannot be sent: it is empty, could not stand in a
// header, or is one of Prefect Cloud 2 or 3. The error never quotes it.
func CheckAPIKey(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return errors.New("there is no API key")
	case isPrefectCloudKey(key):
		return ErrPrefectCloudKey
	case strings.ContainsFunc(key, isBlank):
		return errors.New("the API key contains a space or a control character")
	}
	return nil
}

// isPrefectCloudKey looks behind what is pasted along with a key.
func isPrefectCloudKey(key string) bool {
	key = strings.TrimLeft(strings.ToLower(key), " \t\r\n\"'\ufeff")
	key = strings.TrimLeft(strings.TrimPrefix(key, "bearer"), " \t:")
	return strings.HasPrefix(key, "pnu_") || strings.HasPrefix(key, "pnb_")
}
