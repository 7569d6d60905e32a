package cli

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// ready is the document in --ready-file.
type ready struct {
	URL        string `json:"url"` // without a path
	TenantID   string `json:"tenant_id,omitempty"`
	AdminKey   string `json:"admin_key,omitempty"`
	RunnerKey  string `json:"runner_key,omitempty"`
	MetricsURL string `json:"metrics_url,omitempty"`
}

// write writes r to a file that readers see complete or not at all.
func (r ready) write(path string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return privatefile.Replace(path, append(data, '\n'), 0o600)
}

// announceDev prints how to use the server, and writes the ready-file. Without a
// ready-file it prints the keys: they are made for this process and end with it.
func (c *Command) announceDev(o serveOptions, f *fake.Fake, url string) error {
	r := ready{URL: url, TenantID: f.Tenant.ID, AdminKey: f.AdminKey, RunnerKey: f.RunnerKey}
	admin, runner := r.AdminKey, r.RunnerKey
	if o.readyFile != "" {
		if err := r.write(o.readyFile); err != nil {
			return fmt.Errorf("--ready-file: %w", err)
		}
		file := shellQuote(o.readyFile)
		admin, runner = `"$(jq -r .admin_key `+file+`)"`, `"$(jq -r .runner_key `+file+`)"`
	}
	_, err := fmt.Fprintf(c.Stdout, `serving the secrets API at %s, in memory, until stopped

write from here:
  PREFECT_SECRETS_API_KEY=%s prefect-secrets sync --api-url %s --secrets-file secrets.json
read in a flow run (Prefect 0.15 to 1.4):
  PREFECT__BACKEND=cloud PREFECT__CLOUD__USE_LOCAL_SECRETS=false \
  PREFECT__CLOUD__API=%s PREFECT__CLOUD__API_KEY=%s python flow.py
`, r.URL, admin, r.URL, r.URL, runner)
	return err
}

// announce writes the addresses of the server to the log and to the ready-file.
func (o serveOptions) announce(s *server.Server, listener, metrics net.Listener, log *slog.Logger) error {
	r := ready{URL: "http://" + listener.Addr().String()}
	if s.TLS() {
		r.URL = "https://" + listener.Addr().String()
	}
	attrs := []any{"url", r.URL, "store", o.store}
	if metrics != nil {
		r.MetricsURL = "http://" + metrics.Addr().String() + "/metrics"
		attrs = append(attrs, "metrics", r.MetricsURL)
	}
	log.Info("serving the secrets API", attrs...)
	if o.readyFile == "" {
		return nil
	}
	if err := r.write(o.readyFile); err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}
