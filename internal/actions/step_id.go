package actions

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// stepID distinguishes this step from others in the repository that use the Action.
type stepID struct {
	workflow, job string
	step          string // the runner's name for it: __self, __self_2 and so on without an id
	matrix        string // the job's combination in the matrix, as JSON; empty for none
	environment   string // of the manifest
}

func (r *Runner) stepID() stepID {
	return stepID{
		workflow: r.getenv("GITHUB_WORKFLOW"), job: r.getenv("GITHUB_JOB"), step: r.getenv("GITHUB_ACTION"),
		matrix: compactMatrix(r.input("matrix")), environment: r.input("environment"),
	}
}

// compactMatrix removes the spaces from toJSON(matrix), and returns "" outside a
// matrix, where that is null. Users may also set the input to a name of their own,
// which is not JSON: it stays.
func compactMatrix(text string) string {
	if text == "null" || text == "{}" {
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return text
	}
	return b.String()
}

// key returns the key of the step's section in the comment. It is a hash, because a
// job's name could end the mark that holds it.
func (id stepID) key() string {
	parts, _ := json.Marshal([]string{id.workflow, id.job, id.step, id.matrix, id.environment})
	return shortHash(string(parts))
}

// previousKey returns the key that earlier releases used, without matrix and
// environment. A section with it is replaced.
func (id stepID) previousKey() string { return shortHash(strings.Join(id.namedParts(), " / ")) }

func shortHash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16] }

// namedParts returns those of workflow, job and step that have a name.
func (id stepID) namedParts() []string {
	step := id.step
	if strings.HasPrefix(step, "__") {
		step = ""
	}
	return slices.DeleteFunc([]string{id.workflow, id.job, step}, func(part string) bool { return part == "" })
}

// String returns the name of the step for readers.
func (id stepID) String() string {
	parts := id.namedParts()
	if matrix := id.matrixText(); matrix != "" {
		parts = append(parts, "("+matrix+")")
	}
	if id.environment != "" {
		parts = append(parts, id.environment)
	}
	return strings.Join(parts, " / ")
}

// maxMatrix is the longest text of a matrix, in characters.
const maxMatrix = 200

// matrixText returns the matrix as NAME: VALUE, sorted by name.
func (id stepID) matrixText() string {
	var values map[string]json.RawMessage
	text := id.matrix
	if json.Unmarshal([]byte(id.matrix), &values) == nil {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			pairs = append(pairs, name+": "+matrixValue(values[name]))
		}
		text = strings.Join(pairs, ", ")
	}
	if runes := []rune(text); len(runes) > maxMatrix {
		return string(runes[:maxMatrix]) + "…"
	}
	return text
}

func matrixValue(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
