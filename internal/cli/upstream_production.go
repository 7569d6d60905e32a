package cli

import (
	"log/slog"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// frontOf puts an upstream behind the API, or is nil where there is none.
func frontOf(url string, log *slog.Logger) func(*cloud.API) (http.Handler, error) {
	if url == "" {
		return nil
	}
	return func(api *cloud.API) (http.Handler, error) {
		return newUpstream(api, url, func(err error) {
			log.Warn("the upstream did not answer", "error", err.Error())
		})
	}
}
