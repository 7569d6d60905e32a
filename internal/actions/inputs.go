package actions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Inputs are the Action's inputs, as action.yml describes them.
type Inputs struct {
	Mode          string // sync, plan or check
	APIURL        string
	APIKey        prefect.Value // a JSON string
	Manifest      string
	Environment   string
	Secrets       prefect.Value // a JSON string that holds ${{ toJSON(secrets) }}
	Vars          prefect.Value // a JSON string that holds ${{ toJSON(vars) }}
	SecretsFile   string
	EnvNames      []string
	Include       []string
	Exclude       []string
	Prune         []string
	PlanFile      string
	ConfigFiles   []string
	Flows         []string // directories of flow code, or files
	Version       string   // the Prefect that ConfigFiles and Flows are for
	FailOn        string
	SARIFFile     string
	Comment       bool
	GitHubToken   prefect.Value // a JSON string
	Timeout       time.Duration
	AllowHTTP     bool
	CACertificate string
}

// InputNames are the inputs that there are, in the order of action.yml.
var InputNames = []string{
	"mode", "api-url", "api-key", "manifest", "environment", "secrets", "vars", "secrets-file", "env-names",
	"include", "exclude", "prune", "plan-file",
	"config-files", "flows", "prefect-version", "fail-on", "sarif-file", "comment", "github-token", "timeout", "allow-http", "ca-certificate",
}

// ofDocker are inputs that the runner itself understands (GitHub, "Metadata
// syntax", runs for Docker container actions).
var ofDocker = []string{"args", "entrypoint"}

// defaultTimeout bounds a run that names none.
const defaultTimeout = 5 * time.Minute

// Inputs reads the inputs. It fails on one that there is not, for the runner lets
// a misspelt input through, and on one that does not read as what it is.
func (r *Runner) Inputs() (Inputs, error) {
	if err := r.checkNames(); err != nil {
		return Inputs{}, err
	}
	text := func(name string) string { return r.action.GetInput(name) }
	in := Inputs{
		Mode: orDefault(text("mode"), "sync"), APIURL: text("api-url"), APIKey: prefect.TextValue(text("api-key")),
		Manifest: text("manifest"), Environment: text("environment"),
		Secrets: prefect.TextValue(text("secrets")), Vars: prefect.TextValue(text("vars")),
		SecretsFile: text("secrets-file"), EnvNames: list(text("env-names")),
		Include: list(text("include")), Exclude: list(text("exclude")), Prune: list(text("prune")), PlanFile: text("plan-file"),
		ConfigFiles: list(text("config-files")), Flows: list(text("flows")), Version: text("prefect-version"),
		FailOn: orDefault(text("fail-on"), "error"), SARIFFile: text("sarif-file"),
		GitHubToken:   prefect.TextValue(text("github-token")),
		CACertificate: text("ca-certificate"),
	}
	if !slices.Contains([]string{"sync", "plan", "check"}, in.Mode) {
		return Inputs{}, fmt.Errorf("input mode: %q is none of sync, plan and check", in.Mode)
	}
	var errs [3]error
	in.Comment, errs[0] = boolean("comment", text("comment"))
	in.AllowHTTP, errs[1] = boolean("allow-http", text("allow-http"))
	in.Timeout, errs[2] = duration("timeout", text("timeout"))
	return in, errors.Join(errs[:]...)
}

func (r *Runner) checkNames() error {
	for _, entry := range r.env {
		variable, _, _ := strings.Cut(entry, "=")
		name, ok := strings.CutPrefix(variable, "INPUT_")
		name = strings.ToLower(name)
		if !ok || slices.Contains(InputNames, name) || slices.Contains(ofDocker, name) {
			continue
		}
		return fmt.Errorf("unknown input %q: %s", name, suggestion(name))
	}
	return nil
}

func suggestion(name string) string {
	if best := nearest.Of(name, InputNames); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "there are " + strings.Join(InputNames, ", ")
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// list reads items between newlines and commas.
func list(text string) []string {
	var items []string
	for _, item := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ',' }) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func boolean(name, text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, fmt.Errorf("input %s: true or false was due", name)
}

func duration(name, text string) (time.Duration, error) {
	if text == "" {
		return defaultTimeout, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("input %s: a duration such as 90s or 5m was due", name)
	}
	return d, nil
}
