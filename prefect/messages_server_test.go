package prefect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var verbs = regexp.MustCompile(`%[a-z]`)

// TestOwnServersMessagesAreKnown reads the messages from the server's code, so that a new
// one is not forgotten.
func TestOwnServersMessagesAreKnown(t *testing.T) {
	for folder, min := range map[string]int{"cloud": 10, "graphql": 10} {
		messages := sentMessages(t, filepath.Join("..", "internal", folder))
		if len(messages) < min {
			t.Errorf("%s has %d messages, %q; at least %d expected", folder, len(messages), messages, min)
		}
		for _, message := range messages {
			if sent := verbs.ReplaceAllString(message, "7"); knownMessage(sent) == "" {
				t.Errorf("%s sends %q, which is not a known message", folder, message)
			}
		}
	}
}

func sentMessages(t *testing.T, folder string) (messages []string) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	constants := map[string]ast.Expr{}
	var sent []ast.Expr
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, value := range n.Values {
					constants[n.Names[i].Name] = value
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Message" {
					sent = append(sent, n.Value)
				}
			case *ast.CallExpr:
				if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "badInput" {
					sent = append(sent, n.Args[0])
				}
			}
			return true
		})
	}
	for _, expr := range sent {
		if message := literal(expr, constants); message != "" {
			messages = append(messages, message)
		}
	}
	return messages
}

// literal returns the string of a constant or the format of a Sprintf; empty for any
// other expression.
func literal(expr ast.Expr, constants map[string]ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(expr.Value)
		return text
	case *ast.Ident:
		if value, ok := constants[expr.Name].(*ast.BasicLit); ok {
			return literal(value, nil)
		}
	case *ast.CallExpr:
		if f, ok := expr.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return literal(expr.Args[0], constants)
		}
	}
	return ""
}
