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

// place tells this step from the others of the repository that use the Action.
type stepID struct {
	workflow, job string
	step          string // as the runner calls it; without an id __self, __self_2 and so on
	matrix        string // the job's own part of it, as JSON; empty if it has none
	environment   string // of the manifest
}

func (r *Runner) stepID() stepID {
	return stepID{
		workflow: r.getenv("GITHUB_WORKFLOW"), job: r.getenv("GITHUB_JOB"), step: r.getenv("GITHUB_ACTION"),
		matrix: compactMatrix(r.input("matrix")), environment: r.input("environment"),
	}
}

// compactMatrix is one spelling of what toJSON(matrix) gives, which is null outside
// a matrix. What is not JSON is somebody's own name for the job.
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

// key names the step's section of the comment in its mark, where a job's own name
// could end it.
func (p stepID) key() string {
	parts, _ := json.Marshal([]string{p.workflow, p.job, p.step, p.matrix, p.environment})
	return shortHash(string(parts))
}

// keyBefore is the key that releases without matrix and environment gave the job;
// a section under it is one that these replace.
func (p stepID) previousKey() string { return shortHash(strings.Join(p.namedParts(), " / ")) }

func shortHash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16] }

// named are workflow, job and step, those of them that somebody named.
func (p stepID) namedParts() []string {
	step := p.step
	if strings.HasPrefix(step, "__") {
		step = ""
	}
	return slices.DeleteFunc([]string{p.workflow, p.job, step}, func(part string) bool { return part == "" })
}

// String is the place for people.
func (p stepID) String() string {
	parts := p.namedParts()
	if matrix := p.matrixText(); matrix != "" {
		parts = append(parts, "("+matrix+")")
	}
	if p.environment != "" {
		parts = append(parts, p.environment)
	}
	return strings.Join(parts, " / ")
}

// maxMatrix keeps a matrix of whole objects from filling the comment, in characters.
const maxMatrix = 200

// shownMatrix is the matrix as NAME: VALUE, in the names' order.
func (p stepID) matrixText() string {
	var values map[string]json.RawMessage
	shown := p.matrix
	if json.Unmarshal([]byte(p.matrix), &values) == nil {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			pairs = append(pairs, name+": "+matrixValue(values[name]))
		}
		shown = strings.Join(pairs, ", ")
	}
	if runes := []rune(shown); len(runes) > maxMatrix {
		return string(runes[:maxMatrix]) + "…"
	}
	return shown
}

func matrixValue(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
