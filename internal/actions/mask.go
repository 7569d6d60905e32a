package actions

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Mask tells the runner to hide every secret that the inputs hold: the key, the
// token, and each value of the secrets. It comes before anything else is printed,
// and only under GitHub Actions: elsewhere a mask would print what it hides. It
// returns the names of the secrets that are too short to mask.
func (r *Runner) Mask() (unmasked []string) {
	if !r.OnGitHub() {
		return nil
	}
	for _, input := range []string{"api-key", "github-token"} {
		r.mask("the input "+input, r.input(input))
	}
	for _, variable := range prefect.APIKeyVariables {
		r.mask(variable, strings.TrimSpace(r.getenv(variable)))
	}
	for _, s := range sources.Table {
		if s.Takes == sources.Text && !s.Variables {
			unmasked = append(unmasked, r.maskSecrets(s.Name)...)
		}
	}
	return unmasked
}

// maskSecrets masks each value of an input that holds secrets, or the whole of one that
// is not JSON.
func (r *Runner) maskSecrets(input string) (unmasked []string) {
	var secrets map[string]json.RawMessage
	raw := r.input(input)
	if json.Unmarshal([]byte(raw), &secrets) != nil {
		r.mask("the input "+input, raw)
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		var text string
		if json.Unmarshal(secrets[name], &text) != nil {
			text = string(secrets[name])
		}
		if !r.MaskValue(name, prefect.TextValue(text)) {
			unmasked = append(unmasked, name)
		}
	}
	return unmasked
}

// MaskValue hides one secret's value: the text of a JSON string, or other JSON as it
// is. It reports false for one that is too short to be masked. It does not mask a word
// that logs and outputs are full of.
func (r *Runner) MaskValue(name string, value prefect.Value) bool {
	if !r.OnGitHub() {
		return true
	}
	text := value.RevealText()
	if raw := string(value.Reveal()); text == "" && raw != `""` {
		text = raw
	}
	r.mask(name, text)
	return len(text) >= minMask || isCommonWord(text) || isEmptyValue(text)
}

func isEmptyValue(text string) bool { return slices.Contains([]string{"", "{}", "[]"}, text) }

func (r *Runner) mask(name, text string) {
	forms := maskForms(name, text)
	if r.readsCommandsGreedily() {
		forms = slices.Concat(pieces(forms), forms)
	}
	for _, form := range forms {
		r.action.AddMask(form)
		r.recordMask(name, form)
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
			kept = append(kept, maskForms("", piece)...)
		}
	}
	return kept
}
