package actions

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Inputs are the Action's inputs, as action.yml describes them.
type Inputs struct {
	Mode          string // sync, plan or check
	APIURL        string
	URLFrom       string        // the variable that APIURL is from; empty for the input
	APIKey        prefect.Value // a JSON string; only the input's, since connect reads the variables
	Manifest      string
	Environment   string
	Sources       sources.Given
	Include       []string
	Exclude       []string
	Prune         []string
	PruneUnowned  bool
	PlanFile      string
	ConfigFiles   []string
	Flows         []string // directories of flow code, or files
	Version       string   // the release that ConfigFiles and Flows are for
	FailOn        string
	SARIFFile     string
	Comment       bool
	GitHubToken   prefect.Value // a JSON string
	Timeout       time.Duration
	AllowHTTP     bool
	CACertificate string
}

// InputNames are the names of the inputs, in the order of action.yml.
var InputNames = slices.Concat(
	[]string{"mode", "api-url", "api-key", "manifest", "environment"},
	sourceInputs(),
	[]string{
		"include", "exclude", "prune", "prune-unowned", "plan-file", "config-files", "flows", "prefect-version", "fail-on", "sarif-file",
		"comment", "matrix", "github-token", "timeout", "allow-http", "ca-certificate",
	},
)

func sourceInputs() (names []string) {
	for _, s := range sources.Table {
		if s.Input != "" {
			names = append(names, s.Name)
		}
	}
	return names
}

// dockerInputs are inputs that the runner itself reads (GitHub, "Metadata syntax", runs
// for Docker container actions).
var dockerInputs = []string{"args", "entrypoint"}

// defaultTimeout is the timeout without the input.
const defaultTimeout = 5 * time.Minute

// Inputs reads the inputs. It fails on an unknown one, because the runner accepts a
// misspelt input, and on an invalid one.
func (r *Runner) Inputs() (Inputs, error) {
	if err := r.checkNames(); err != nil {
		return Inputs{}, err
	}
	input := r.input
	in := Inputs{
		Mode:          cmp.Or(input("mode"), "sync"),
		APIURL:        input("api-url"),
		APIKey:        prefect.TextValue(r.action.GetInput("api-key")),
		Manifest:      input("manifest"),
		Environment:   input("environment"),
		Sources:       r.sources(),
		Include:       list(input("include")),
		Exclude:       list(input("exclude")),
		Prune:         list(input("prune")),
		PlanFile:      input("plan-file"),
		ConfigFiles:   list(input("config-files")),
		Flows:         list(input("flows")),
		Version:       input("prefect-version"),
		FailOn:        cmp.Or(input("fail-on"), "error"),
		SARIFFile:     input("sarif-file"),
		GitHubToken:   prefect.TextValue(input("github-token")),
		CACertificate: input("ca-certificate"),
	}
	if !slices.Contains([]string{"sync", "plan", "check"}, in.Mode) {
		return Inputs{}, fmt.Errorf("input mode: invalid %q: %s", in.Mode, modeHint(in.Mode))
	}
	if in.APIURL != "" && r.action.GetInput("api-url") == "" {
		in.URLFrom = variable("api-url")
	}
	var errs [4]error
	in.Comment, errs[0] = boolean("comment", input("comment"))
	in.AllowHTTP, errs[1] = boolean("allow-http", input("allow-http"))
	in.PruneUnowned, errs[2] = boolean("prune-unowned", input("prune-unowned"))
	in.Timeout, errs[3] = duration("timeout", input("timeout"))
	return in, errors.Join(errs[:]...)
}

// sources reads the inputs that say where secrets come from.
func (r *Runner) sources() sources.Given {
	given := sources.Given{Names: map[string][]string{}, Texts: map[string]prefect.Value{}}
	for _, s := range sources.Table {
		text := r.input(s.Name)
		switch {
		case s.Input == "" || text == "":
		case s.Takes == sources.Text:
			given.Texts[s.Name] = prefect.TextValue(text)
		case s.Takes == sources.Names:
			given.Names[s.Name] = list(text)
		default:
			given.Names[s.Name] = []string{text}
		}
	}
	return given
}

// variablePrefix begins the variables that set inputs outside GitHub Actions:
// PREFECT_SECRETS_API_URL sets api-url.
const variablePrefix = "PREFECT_SECRETS_"

// reservedVariables have the prefix and are not inputs.
var reservedVariables = []string{"PREFECT_SECRETS_STORE_KEY"}

func variable(input string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(input, "-", "_"))
}

// input returns an input from the runner, or else from its variable.
func (r *Runner) input(name string) string {
	return cmp.Or(r.action.GetInput(name), strings.TrimSpace(r.getenv(variable(name))))
}

// checkNames returns an error for an unknown input, by its own name or its variable's.
func (r *Runner) checkNames() error {
	for _, entry := range r.env {
		name, _, _ := strings.Cut(entry, "=")
		if input, ok := strings.CutPrefix(name, "INPUT_"); ok {
			if err := checkInput(strings.ToLower(input)); err != nil {
				return err
			}
		}
		if strings.HasPrefix(name, variablePrefix) {
			if err := checkVariable(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkInput(name string) error {
	if slices.Contains(InputNames, name) || slices.Contains(dockerInputs, name) {
		return nil
	}
	return fmt.Errorf("unknown input %q: %s", name, suggestion(name))
}

// checkVariable returns an error for a variable that resembles one of an input. It
// accepts others with the prefix, which other programs may use.
func checkVariable(name string) error {
	input := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, variablePrefix), "_", "-"))
	if slices.Contains(reservedVariables, name) || slices.Contains(InputNames, input) {
		return nil
	}
	if question := nearest.Question(input, InputNames, variable); question != "" {
		return fmt.Errorf("unknown variable %s: %s", name, question)
	}
	return nil
}

func suggestion(name string) string {
	return cmp.Or(nearest.Question(name, InputNames, strconv.Quote), "the inputs are "+strings.Join(InputNames, ", "))
}

// list splits text at newlines and commas.
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
	return false, fmt.Errorf("input %s: expected true or false", name)
}

// maxQuoted is the length of the longest invalid duration that an error quotes, in bytes.
const maxQuoted = 16

func duration(name, text string) (time.Duration, error) {
	if text == "" {
		return defaultTimeout, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		if len(text) > maxQuoted {
			return 0, fmt.Errorf("input %s: expected a number with its unit, such as 90s, 5m or 1h", name)
		}
		return 0, fmt.Errorf("input %s: invalid %q: expected a number with its unit, such as 90s, 5m or 1h", name, text)
	}
	return d, nil
}

// modeHint says what to write in place of an invalid mode.
func modeHint(mode string) string {
	switch strings.ToLower(mode) {
	case "dry-run", "dryrun", "preview", "diff":
		return "did you mean plan? use sync, plan or check"
	case "apply", "write", "push":
		return "did you mean sync? use sync, plan or check"
	case "lint", "validate":
		return "did you mean check? use sync, plan or check"
	}
	return nearest.Hint(strings.ToLower(mode), []string{"sync", "plan", "check"}, "use sync, plan or check")
}
