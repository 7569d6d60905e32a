package check

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
)

// measuredBlock is a row of fixtures/prefect/blocks.jsonl: a module, a YAML document or
// the name of a block, and what Prefect did with it.
type measuredBlock struct {
	Python, YAML, Name string
	Results            map[string]struct {
		Asked []string // the Secret blocks that Prefect asked its server for
		Error string
	}
}

func readMeasuredBlocks(t *testing.T) []measuredBlock {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../../fixtures/prefect/blocks.jsonl"))), "\n")
	var rows []measuredBlock
	for _, line := range lines[1:] {
		var row measuredBlock
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// storedBlocks is the blocks that there were when Prefect was measured.
var storedBlocks = SecretSet{Where: "the store", Names: []string{"db-password", "api-key", "settings"}, Store: storekind.Blocks}

// TestMeasuredBlocks reads each module and document: check finds the blocks that a release
// asks for, and has an error where each release fails because of a block, and only there.
func TestMeasuredBlocks(t *testing.T) {
	for _, row := range readMeasuredBlocks(t) {
		name, text := "flow.py", row.Python
		if row.YAML != "" {
			name, text = "prefect.yaml", row.YAML
		}
		if text == "" || strings.Contains(text, "read_block_document_by_name") { // of which no error is reported
			continue
		}
		reads := ReadFlows([]Flow{{name, []byte(text)}})
		var read []string
		for _, use := range reads.UsedBy(nil, Options{}) {
			if use.Block && len(use.Locations) > 0 {
				read = append(read, use.Name)
			}
		}
		asked, failsOnBlock, works := row.summary()
		slices.Sort(read)
		if diff := cmp.Diff(asked, read); diff != "" && (works || failsOnBlock) {
			t.Errorf("%q: blocks (-Prefect +check):\n%s", text, diff)
		}
		found := reads.Check([]SecretSet{storedBlocks}, Options{})
		hasError := slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Severity == SeverityError })
		if works && len(found) > 0 || failsOnBlock && len(found) == 0 || failsOnBlock != hasError && len(asked) > 0 && !strings.Contains(text, "except KeyError") {
			t.Errorf("%q: Prefect works %v, fails because of a block %v, and check finds\n%s", text, works, failsOnBlock, render(found))
		}
	}
}

// summary returns the blocks that any release asks for, whether each fails because of one
// of them, and whether one works.
func (row measuredBlock) summary() (asked []string, failsOnBlock, works bool) {
	for _, result := range row.Results {
		for _, name := range result.Asked {
			if name != "" && !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
		}
		works = works || result.Error == ""
		missing := slices.ContainsFunc(result.Asked, func(name string) bool {
			return name != "" && !slices.Contains(storedBlocks.Names, name) && !strings.HasPrefix(name, "made-")
		})
		failsOnBlock = failsOnBlock || missing && result.Error != ""
	}
	slices.Sort(asked)
	return asked, failsOnBlock && !works, works
}

// TestMeasuredBlockNames compares the names that a block may have with those that Prefect
// saves one under. Prefect also takes a line feed at the end.
func TestMeasuredBlockNames(t *testing.T) {
	names := 0
	for _, row := range readMeasuredBlocks(t) {
		if row.Python+row.YAML != "" {
			continue
		}
		names++
		for release, result := range row.Results {
			if got := isBlockName(row.Name); got != (result.Error == "") && !strings.HasSuffix(row.Name, "\n") {
				t.Errorf("%q: %s says %q, check %v", row.Name, release, result.Error, got)
			}
		}
	}
	if names < 10 {
		t.Errorf("only %d names", names)
	}
}
