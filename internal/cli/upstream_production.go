package cli

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

// frontOf puts an upstream behind the API, or is nil where there is none.
func frontOf(url string, log *slog.Logger) func(*cloud.API) (http.Handler, error) {
	if url == "" {
		return nil
	}
	return func(api *cloud.API) (http.Handler, error) {
		h, err := upstream.New(upstream.Config{API: api, URL: url, OnError: func(err error) {
			log.Warn("the upstream did not answer", "error", err.Error())
		}})
		if err != nil {
			return nil, fmt.Errorf("--upstream: %w", err)
		}
		return h, nil
	}
}
