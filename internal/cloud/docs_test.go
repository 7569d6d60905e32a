package cloud_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the counts in docs/compatibility.md, "+
	"and the schemas that clients see")

const (
	compatibilityDoc = "../../docs/compatibility.md"
	writtenBegin     = "<!-- Written by go test ./internal/cloud -run TestCompatibilityDoc -update -->\n"
	writtenEnd       = "<!-- /Written -->\n"
)

// TestCompatibilityDoc compares the counts in docs/compatibility.md with the
// fixtures and with the results of the suites under test/.
func TestCompatibilityDoc(t *testing.T) {
	page, err := os.ReadFile(compatibilityDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), writtenBegin)
	_, after, ok2 := strings.Cut(rest, writtenEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the counts", compatibilityDoc)
	}
	want := before + writtenBegin + writtenCounts(t) + writtenEnd + after
	if *update {
		if err := os.WriteFile(compatibilityDoc, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("%s is not what -update would write (-want +got):\n%s", compatibilityDoc, diff)
	}
}

func writtenCounts(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| evidence | status | cases | different |\n| --- | --- | ---: | --- |\n")
	row := func(evidence, status string, cases int, different string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", evidence, status, withCommas(cases), different)
	}
	apollo, reasons := readApolloResults(t)
	clients, releases := readPrefectResults(t)
	if clients > 0 {
		row("[real clients](../test/prefect) of "+releases, "verified", clients, "none")
	}
	if apollo != nil {
		row("[Apollo Server 2.25 with graphql-js](../test/apollo) over the same schema, "+
			"each document sent to both", "verified",
			apollo.Cases, fmt.Sprintf("%d, for the reasons below", apollo.Cases-apollo.Equal))
	}
	probes := len(readFixtureLines(t, "apollo-server-2.25.4.jsonl")) - len(probesOfTheirServer)
	row("[recorded answers of Apollo Server 2.25.4](../fixtures/graphql)", "verified",
		probes, fmt.Sprintf("%d, only in the message", len(apolloDiffers)))
	row("[recorded requests](../fixtures/graphql) of Prefect 0.9.3, 0.15.13 and 1.4.1, "+
		"byte for byte over a socket", "verified", recordedRequests(t), "none")
	standing := map[string]int{}
	for _, c := range readHasuraCases(t) {
		standing[c.Standing]++
	}
	for _, s := range []string{"documented", "chosen"} {
		row("[the field `secret`, as Hasura has such fields](../fixtures/graphql/hasura.jsonl)", s,
			standing[s], "none")
	}
	if len(reasons) > 0 {
		b.WriteString("\nWhy answers differ from those of Apollo Server, with the number of cases:\n\n" + strings.Join(reasons, ""))
	}
	return b.String()
}

// withCommas returns a number below a million as pages write it, such as 2,742.
func withCommas(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

func recordedRequests(t *testing.T) int {
	t.Helper()
	n := 0
	for _, release := range []string{"0.9.3", "0.15.13", "1.4.1"} {
		n += len(readExchanges(t, "prefect-"+release+".txt"))
	}
	return n
}

// apollo is test/apollo/results.json.
type apollo struct {
	Cases, Equal int
	Differences  []struct{ Case, Ours, Apollo, Reason string }
}

// readApolloResults returns the results and the list of reasons, or nil if there are
// none.
func readApolloResults(t *testing.T) (*apollo, []string) {
	t.Helper()
	var out apollo
	if !readSuiteResults(t, "apollo", &out) {
		return nil, nil
	}
	if out.Cases == 0 || out.Cases-out.Equal != len(out.Differences) {
		t.Errorf("of %d cases %d are equal and %d differ", out.Cases, out.Equal, len(out.Differences))
	}
	counts := map[string]int{}
	for _, d := range out.Differences {
		if d.Reason == "" {
			t.Errorf("%s differs for no reason", d.Case)
		}
		counts[d.Reason]++
	}
	var reasons []string
	for reason, n := range counts {
		reasons = append(reasons, fmt.Sprintf("- %s (%d)\n", reason, n))
	}
	slices.Sort(reasons)
	return &out, reasons
}

// readPrefectResults returns the releases in test/prefect/results.json and the
// number of tests that passed.
func readPrefectResults(t *testing.T) (tests int, releases string) {
	t.Helper()
	var out struct{ Releases map[string]int }
	if !readSuiteResults(t, "prefect", &out) {
		return 0, ""
	}
	total, names := 0, []string{}
	for release, n := range out.Releases {
		if n == 0 {
			t.Errorf("no test was run with Prefect %s", release)
		}
		total += n
		names = append(names, release)
	}
	slices.SortFunc(names, byRelease)
	return total, fmt.Sprintf("%d releases, %s", len(names), strings.Join(names, ", "))
}

// byRelease puts 0.9.8 before 0.10.0.
func byRelease(a, b string) int {
	return slices.Compare(releaseNumbers(a), releaseNumbers(b))
}

func releaseNumbers(release string) []int {
	var out []int
	for part := range strings.SplitSeq(release, ".") {
		n := 0
		_, _ = fmt.Sscanf(part, "%d", &n)
		out = append(out, n)
	}
	return out
}

// readSuiteResults reads test/SUITE/results.json. It reports false if the file is
// missing.
func readSuiteResults(t *testing.T, suite string, into any) bool {
	t.Helper()
	path := filepath.Join("../../test", suite, "results.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return true
}
