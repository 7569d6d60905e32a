package cli

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

func newUpstream(api *cloud.API, url string, onError func(error)) (http.Handler, error) {
	h, err := upstream.New(upstream.Config{API: api, URL: url, OnError: onError})
	if err != nil {
		return nil, fmt.Errorf("--upstream: %w", err)
	}
	return h, nil
}

// upstreamWrapper returns the [server.Config.Wrap] that puts the upstream behind the
// API, or nil without an upstream.
func upstreamWrapper(url string, log *slog.Logger) func(*cloud.API) (http.Handler, error) {
	if url == "" {
		return nil
	}
	return func(api *cloud.API) (http.Handler, error) {
		return newUpstream(api, url, func(err error) {
			log.Warn("the upstream did not answer", "error", err.Error())
		})
	}
}
