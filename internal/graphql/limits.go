package graphql

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of one document, checked before validation, whose cost grows with the
// square of the number of fields that share a name and of a field's arguments.
const (
	maxTokens    = 20_000
	maxLines     = 100_000 // which a block string is cut into
	maxFields    = 1_000   // written out, and again with every fragment expanded
	maxVariables = 1_000
	maxArguments = 100 // of one field or directive
	maxFragments = 50  // definitions, and as many spreads
	maxDepth     = 7   // levels below the first, outside introspection, as PrefectHQ/server limits it
	maxName      = 255
	// maxInputs bounds the values that variables are made of, of which an object
	// counts as many.
	maxInputs      = 100_000
	inputsOfObject = 8
)

func limitMessage(what string, limit int) string {
	return fmt.Sprintf("The document has more than %d %s.", limit, what)
}

// usage is what a document takes of the limits.
type usage struct {
	fields, variables, fragments, spreads int
	arguments                             int // of the field that has the most
	longName                              bool
	// literals tells that the document holds a string or a number.
	literals bool
}

// measure counts a document, and gives the error of the first limit it passes.
func measure(doc *ast.QueryDocument) (usage, *Error) {
	var u usage
	u.fragments = len(doc.Fragments)
	for _, op := range doc.Operations {
		u.operation(op)
	}
	for _, f := range doc.Fragments {
		u.name(f.Name, f.TypeCondition)
		u.directives(f.Directives)
		u.selections(f.SelectionSet)
	}
	if text := u.exceeded(); text != "" {
		return u, &Error{Message: text, Code: CodeValidationFailed}
	}
	if err := checkExpansion(doc); err != nil {
		return u, err
	}
	if u.fields <= maxRepeats && u.spreads == 0 {
		return u, nil
	}
	return u, checkRepeats(doc)
}

func (u *usage) exceeded() string {
	switch {
	case u.fields > maxFields:
		return limitMessage("fields", maxFields)
	case u.variables > maxVariables:
		return limitMessage("variables", maxVariables)
	case u.arguments > maxArguments:
		return fmt.Sprintf("The document has a field of more than %d arguments.", maxArguments)
	case u.fragments > maxFragments:
		return limitMessage("fragments", maxFragments)
	case u.spreads > maxFragments:
		return limitMessage("fragment spreads", maxFragments)
	case u.longName:
		return fmt.Sprintf("The document has a name of more than %d characters.", maxName)
	}
	return ""
}

func (u *usage) name(names ...string) {
	for _, n := range names {
		u.longName = u.longName || len(n) > maxName
	}
}

func (u *usage) operation(op *ast.OperationDefinition) {
	u.name(op.Name)
	u.variables += len(op.VariableDefinitions)
	for _, v := range op.VariableDefinitions {
		u.name(v.Variable, v.Type.Name())
		u.directives(v.Directives)
		if v.DefaultValue != nil {
			u.value(v.DefaultValue)
		}
	}
	u.directives(op.Directives)
	u.selections(op.SelectionSet)
}

func (u *usage) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			u.fields++
			u.name(it.Alias, it.Name)
			u.argumentList(it.Arguments)
			u.directives(it.Directives)
			u.selections(it.SelectionSet)
		case *ast.InlineFragment:
			u.name(it.TypeCondition)
			u.directives(it.Directives)
			u.selections(it.SelectionSet)
		case *ast.FragmentSpread:
			u.spreads++
			u.name(it.Name)
			u.directives(it.Directives)
		}
	}
}

func (u *usage) directives(list ast.DirectiveList) {
	for _, d := range list {
		u.name(d.Name)
		u.argumentList(d.Arguments)
	}
}

func (u *usage) argumentList(list ast.ArgumentList) {
	u.arguments = max(u.arguments, len(list))
	for _, a := range list {
		u.name(a.Name)
		u.value(a.Value)
	}
}

func (u *usage) value(v *ast.Value) {
	switch v.Kind {
	case ast.IntValue, ast.FloatValue, ast.StringValue, ast.BlockValue:
		u.literals = true
	case ast.Variable:
		u.name(v.Raw)
	}
	for _, child := range v.Children {
		u.name(child.Name)
		u.value(child.Value)
	}
}

// expansion counts fields and depth with every fragment written out, each
// fragment being measured once.
type expansion struct {
	doc  *ast.QueryDocument
	memo map[string]extent
}

// extent is the size of a selection set: its fields, and the levels below it.
type extent struct{ fields, depth int }

func checkExpansion(doc *ast.QueryDocument) *Error {
	e := expansion{doc: doc, memo: map[string]extent{}}
	for _, op := range doc.Operations {
		size := e.set(op.SelectionSet)
		if size.fields > maxFields {
			return &Error{Message: limitMessage("fields once its fragments are expanded", maxFields), Code: CodeValidationFailed}
		}
		if size.depth > maxDepth {
			return &Error{Message: fmt.Sprintf("The document exceeds the maximum operation depth of %d.", maxDepth), Code: CodeValidationFailed, Locations: at(op.Position)}
		}
	}
	return nil
}

func (e *expansion) set(set ast.SelectionSet) extent {
	var total extent
	for _, selection := range set {
		var size extent
		switch it := selection.(type) {
		case *ast.Field:
			size = e.field(it)
		case *ast.InlineFragment:
			size = e.set(it.SelectionSet)
		case *ast.FragmentSpread:
			size = e.fragment(it.Name)
		}
		total.fields = min(total.fields+size.fields, maxFields+1)
		total.depth = max(total.depth, size.depth)
	}
	return total
}

func (e *expansion) field(f *ast.Field) extent {
	size := e.set(f.SelectionSet)
	size.fields++
	switch {
	case strings.HasPrefix(f.Name, "__"):
		size.depth = 0
	case len(f.SelectionSet) > 0:
		size.depth++
	}
	return size
}

// fragment takes a cycle as empty: validation reports it.
func (e *expansion) fragment(name string) extent {
	if size, ok := e.memo[name]; ok {
		return size
	}
	e.memo[name] = extent{}
	if def := e.doc.Fragments.ForName(name); def != nil {
		e.memo[name] = e.set(def.SelectionSet)
	}
	return e.memo[name]
}
