package check

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// TestKeysStandWhereAnotherParserSeesThem compares the position of every part of
// every key with that of go-toml's parser, over the valid texts of toml-test.
func TestKeysStandWhereAnotherParserSeesThem(t *testing.T) {
	valid, _ := readCorpus(t)
	compared := 0
	for name, text := range valid {
		want, err := keysOfGoTOML(text)
		if err != nil {
			t.Logf("%s: go-toml rejects it: %v", name, err)
			continue
		}
		doc, problem := tomlpos.Scan(string(text))
		if problem != nil {
			t.Errorf("%s: %s", name, problem.Problem)
			continue
		}
		var got []string
		for _, k := range doc.Keys {
			got = append(got, fmt.Sprintf("%06d %s", k.Start, text[k.Start:k.End]))
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		compared += len(got)
	}
	if compared < 1000 {
		t.Errorf("%d keys were compared", compared)
	}
}

func keysOfGoTOML(text []byte) (keys []string, err error) {
	var p unstable.Parser
	p.Reset(text)
	var visit func(n *unstable.Node)
	visit = func(n *unstable.Node) {
		switch n.Kind {
		case unstable.KeyValue, unstable.Table, unstable.ArrayTable:
			for it := n.Key(); it.Next(); {
				raw := it.Node().Raw
				keys = append(keys, fmt.Sprintf("%06d %s", raw.Offset, text[raw.Offset:raw.Offset+raw.Length]))
			}
			if n.Kind == unstable.KeyValue {
				visit(n.Value())
			}
		case unstable.Array, unstable.InlineTable:
			for it := n.Children(); it.Next(); {
				visit(it.Node())
			}
		}
	}
	for p.NextExpression() {
		visit(p.Expression())
	}
	return keys, p.Error()
}
