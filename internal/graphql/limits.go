package graphql

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of one document. They are checked before validation, whose cost grows with
// the square of the number of fields that share a name, and of a field's arguments.
const (
	maxTokens    = 20_000
	maxLines     = 100_000 // block strings are split into lines
	maxFields    = 1_000   // as written, and again with every fragment expanded
	maxVariables = 1_000
	maxArguments = 100 // of one field or directive
	maxFragments = 50  // definitions, and as many spreads
	maxDepth     = 7   // levels below the first, outside introspection: the limit of PrefectHQ/server
	maxName      = 255 // bytes

	maxInputs    = 100_000 // values in variables
	objectInputs = 8       // how many values an object counts as
)

func limitMessage(what string, limit int) string {
	return fmt.Sprintf("The document has more than %d %s.", limit, what)
}

// usage is what a document uses of the limits.
type usage struct {
	fields, variables, fragments, spreads int
	arguments                             int // of the field that has the most
	longName                              bool
	literals                              bool // the document has a string or a number
}

// measure counts a document, and returns an error for the first limit that it
// exceeds.
func measure(doc *ast.QueryDocument) (usage, *Error) {
	var u usage
	u.fragments = len(doc.Fragments)
	for _, op := range doc.Operations {
		u.operation(op)
	}
	for _, f := range doc.Fragments {
		u.checkNames(f.Name, f.TypeCondition)
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

func (u *usage) checkNames(names ...string) {
	for _, n := range names {
		u.longName = u.longName || len(n) > maxName
	}
}

func (u *usage) operation(op *ast.OperationDefinition) {
	u.checkNames(op.Name)
	u.variables += len(op.VariableDefinitions)
	for _, v := range op.VariableDefinitions {
		u.checkNames(v.Variable, v.Type.Name())
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
			u.checkNames(it.Alias, it.Name)
			u.argumentList(it.Arguments)
			u.directives(it.Directives)
			u.selections(it.SelectionSet)
		case *ast.InlineFragment:
			u.checkNames(it.TypeCondition)
			u.directives(it.Directives)
			u.selections(it.SelectionSet)
		case *ast.FragmentSpread:
			u.spreads++
			u.checkNames(it.Name)
			u.directives(it.Directives)
		}
	}
}

func (u *usage) directives(list ast.DirectiveList) {
	for _, d := range list {
		u.checkNames(d.Name)
		u.argumentList(d.Arguments)
	}
}

func (u *usage) argumentList(list ast.ArgumentList) {
	u.arguments = max(u.arguments, len(list))
	for _, a := range list {
		u.checkNames(a.Name)
		u.value(a.Value)
	}
}

func (u *usage) value(v *ast.Value) {
	switch v.Kind {
	case ast.IntValue, ast.FloatValue, ast.StringValue, ast.BlockValue:
		u.literals = true
	case ast.Variable:
		u.checkNames(v.Raw)
	}
	for _, child := range v.Children {
		u.checkNames(child.Name)
		u.value(child.Value)
	}
}

// expansion counts fields and depth with every fragment expanded. It measures each
// fragment once.
type expansion struct {
	doc  *ast.QueryDocument
	memo map[string]extent
}

// extent is the size of a selection set: its fields, and the levels below it.
type extent struct{ fields, depth int }

func checkExpansion(doc *ast.QueryDocument) *Error {
	e := expansion{doc: doc, memo: map[string]extent{}}
	for _, op := range doc.Operations {
		size := e.measure(op.SelectionSet)
		if size.fields > maxFields {
			message := limitMessage("fields once its fragments are expanded", maxFields)
			return &Error{Message: message, Code: CodeValidationFailed}
		}
		if size.depth > maxDepth {
			message := fmt.Sprintf("The document exceeds the maximum operation depth of %d.", maxDepth)
			return &Error{Message: message, Code: CodeValidationFailed, Locations: locationsOf(op.Position)}
		}
	}
	return nil
}

func (e *expansion) measure(set ast.SelectionSet) extent {
	var total extent
	for _, selection := range set {
		var size extent
		switch it := selection.(type) {
		case *ast.Field:
			size = e.field(it)
		case *ast.InlineFragment:
			size = e.measure(it.SelectionSet)
		case *ast.FragmentSpread:
			size = e.fragment(it.Name)
		}
		total.fields = min(total.fields+size.fields, maxFields+1)
		total.depth = max(total.depth, size.depth)
	}
	return total
}

func (e *expansion) field(f *ast.Field) extent {
	size := e.measure(f.SelectionSet)
	size.fields++
	switch {
	case strings.HasPrefix(f.Name, "__"):
		size.depth = 0
	case len(f.SelectionSet) > 0:
		size.depth++
	}
	return size
}

// fragment treats a cycle as empty: validation reports it.
func (e *expansion) fragment(name string) extent {
	if size, ok := e.memo[name]; ok {
		return size
	}
	e.memo[name] = extent{}
	if def := e.doc.Fragments.ForName(name); def != nil {
		e.memo[name] = e.measure(def.SelectionSet)
	}
	return e.memo[name]
}
