package actions

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Mask makes the runner hide every secret in the inputs: the key, the token, and each
// value of the secrets. It must be called before anything else is printed. It does
// nothing outside GitHub Actions, where a mask would print what it hides. It returns
// the names of the secrets that are too short to mask.
func (r *Runner) Mask() (unmasked []string) {
	if !r.OnGitHub() {
		return nil
	}
	for _, input := range []string{"api-key", "github-token"} {
		r.maskKey("the input "+input, r.input(input))
	}
	for _, variable := range apikey.Names {
		r.maskKey(variable, strings.TrimSpace(r.getenv(variable)))
	}
	for _, s := range sources.Table {
		if s.Takes == sources.Text && !s.Variables {
			unmasked = append(unmasked, r.maskSecrets(s.Name)...)
		}
	}
	return unmasked
}

// maskKey masks a key. Of a user and a password it also masks the password, and both as
// Basic authentication sends them.
func (r *Runner) maskKey(name, key string) {
	r.mask(name, key)
	if _, password, ok := strings.Cut(key, ":"); ok {
		r.mask(name, password)
		r.mask(name, base64.StdEncoding.EncodeToString([]byte(key)))
	}
}

// maskSecrets masks each value of an input that holds secrets, or all of it if it is
// not JSON.
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

// MaskValue makes the runner hide one secret's value: the content of a JSON string, or
// other JSON unchanged. It returns false for one that is too short to mask. It does not
// mask words that are common in logs and outputs.
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

// readsCommandsGreedily reports whether the runner is built on nektos/act. It treats
// the last :: of a line as the end of the command, and so prints the mask of a text
// that contains :: instead (act v0.2.89, pkg/runner/command.go). GitHub's runner treats
// the first as the end.
func (r *Runner) readsCommandsGreedily() bool {
	isSet := func(name string) bool { return r.getenv(name) == "true" }
	return slices.ContainsFunc([]string{"ACT", "GITEA_ACTIONS", "FORGEJO_ACTIONS"}, isSet)
}

// pieces returns the mask forms of the parts between :: in forms. Such a runner must
// mask them first, because it prints the complete form.
func pieces(forms []string) []string {
	var all []string
	for _, form := range forms {
		if !strings.Contains(form, "::") {
			continue
		}
		for piece := range strings.SplitSeq(form, "::") {
			all = append(all, maskForms("", piece)...)
		}
	}
	return all
}
