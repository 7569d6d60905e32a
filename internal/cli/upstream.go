package cli

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

func upstreamFlag(cmd *cobra.Command, url *string) {
	cmd.Flags().StringVar(url, "upstream", "", "URL of a Prefect Server's GraphQL API, which answers what is not the secrets API's")
}

// withUpstream is the API alone, or in front of the upstream where there is one.
func (c *Command) withUpstream(api *cloud.API, url string) (http.Handler, error) {
	if url == "" {
		return api, nil
	}
	return newUpstream(api, url, func(err error) {
		_, _ = fmt.Fprintf(c.Stderr, "warning: upstream: %v\n", err)
	})
}

func newUpstream(api *cloud.API, url string, onError func(error)) (http.Handler, error) {
	h, err := upstream.New(upstream.Config{API: api, URL: url, OnError: onError})
	if err != nil {
		return nil, fmt.Errorf("--upstream: %w", err)
	}
	return h, nil
}

// devHandler is the fake's, with the upstream behind its API, and the health.
func (c *Command) devHandler(f *fake.Fake, url string) (http.Handler, error) {
	api, err := c.withUpstream(f.API, url)
	if err != nil {
		return nil, err
	}
	return server.WithHealth(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, fake.Prefix) {
			f.Handler().ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})), nil
}

// frontOf puts an upstream behind the API, or is nil where there is none.
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
