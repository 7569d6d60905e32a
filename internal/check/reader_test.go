package check

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// TestReadersAgree compares what both readers find in the valid texts of toml-test that
// Prefect reads as TOML 1.0: each key, value and comment, and where it stands.
func TestReadersAgree(t *testing.T) {
	valid, _ := readCorpus(t)
	compared := 0
	for name, text := range valid {
		standard := newSource(name, string(text))
		if !standard.parses() || len(standard.compatFindings()) > 0 {
			continue
		}
		_, python, refused := pytoml.Scan(string(text))
		if refused != nil {
			t.Errorf("%s: %v", name, refused)
			continue
		}
		want := partsOf(standard.doc)
		if diff := cmp.Diff(want, partsOf(python)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		compared += len(want)
	}
	if compared < 1000 {
		t.Errorf("%d parts were compared", compared)
	}
}

// partsOf returns the keys, values and comments of a document, each on a line.
func partsOf(doc *tomlpos.Document) []string {
	var lines []string
	for _, k := range doc.Keys {
		lines = append(lines, fmt.Sprint("key ", doc.Path(k.Node), " ", k.Start, "-", k.End, " ", k.Last, k.Header, doc.Nodes[k.Node].InList))
	}
	for _, v := range doc.Values {
		lines = append(lines, fmt.Sprint("value ", doc.Path(v.Node), " ", v.Start, "-", v.End, " ", v.Kind, " ", doc.String(v)))
	}
	for _, c := range doc.Comments {
		lines = append(lines, fmt.Sprint("comment ", c.Start, "-", c.End))
	}
	return lines
}
