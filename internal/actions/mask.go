package actions

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// minMask is the shortest text that is masked, in bytes: a mask such as } would
// blank every JSON output of the job.
const minMask = 4

// Mask tells the runner to hide every secret that the inputs hold: the key, the
// token, and each value of the secrets. It comes before anything else is printed,
// and only under GitHub Actions: elsewhere a mask would print what it hides. It
// returns the names of the secrets that are too short to mask.
func (r *Runner) Mask() (unmasked []string) {
	if !r.OnGitHub() {
		return nil
	}
	for _, input := range []string{"api-key", "github-token"} {
		r.mask(r.input(input))
	}
	for _, variable := range prefect.APIKeyVariables {
		r.mask(strings.TrimSpace(r.getenv(variable)))
	}
	var secrets map[string]json.RawMessage
	raw := r.input("secrets")
	if json.Unmarshal([]byte(raw), &secrets) != nil {
		r.mask(raw)
	}
	for name, value := range secrets {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		if !r.MaskValue(prefect.TextValue(text)) {
			unmasked = append(unmasked, name)
		}
	}
	slices.Sort(unmasked)
	return unmasked
}

// MaskValue hides one value, a JSON string. It reports false for one that is too
// short to be masked.
func (r *Runner) MaskValue(value prefect.Value) bool {
	if !r.OnGitHub() {
		return true
	}
	text := value.RevealText()
	r.mask(text)
	return text == "" || len(text) >= minMask
}

func (r *Runner) mask(text string) {
	forms := maskForms(text)
	if r.readsCommandsGreedily() {
		forms = slices.Concat(pieces(forms), forms)
	}
	for _, form := range forms {
		r.action.AddMask(form)
	}
}

// readsCommandsGreedily is a runner built on nektos/act, which takes the last ::
// of a line for the end of its command, so that the mask of a text with :: in it is
// printed instead (act v0.2.89, pkg/runner/command.go). GitHub's takes the first.
func (r *Runner) readsCommandsGreedily() bool {
	return slices.ContainsFunc([]string{"ACT", "GITEA_ACTIONS", "FORGEJO_ACTIONS"}, func(name string) bool { return r.getenv(name) == "true" })
}

// pieces are what stands between the :: of those forms that have some. Masked
// first, they keep such a runner from showing the whole.
func pieces(forms []string) []string {
	var kept []string
	for _, form := range forms {
		if !strings.Contains(form, "::") {
			continue
		}
		for piece := range strings.SplitSeq(form, "::") {
			kept = append(kept, maskForms(piece)...)
		}
	}
	return kept
}

// maskForms are the ways in which a text may turn up in a log: whole, line by
// line (runners before late 2021 mask one line at a time), and as JSON, with and
// without its quotation marks.
func maskForms(text string) []string {
	if len(text) < minMask {
		return nil
	}
	quoted := string(prefect.TextValue(text).Reveal())
	escaped, _ := json.Marshal(text)
	forms := []string{text, quoted, quoted[1 : len(quoted)-1], string(escaped[1 : len(escaped)-1])}
	for line := range bytes.Lines([]byte(text)) {
		forms = append(forms, string(line), strings.TrimSpace(string(line)))
	}
	var kept []string
	for _, form := range forms {
		form = strings.TrimRight(form, "\r\n")
		if len(strings.TrimSpace(form)) >= minMask && !slices.Contains(kept, form) {
			kept = append(kept, form)
		}
	}
	return kept
}
