package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// fewerErrors registers what graphql-js 15 does not hold against a document twice,
// before gqlparser's rules see it, and stands in for those of its rules that would
// all the same.
func (s *Schema) graphqlJSRules(events *core.Events, report core.AddErrFunc) {
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) { markDuplicatesUsed(op.VariableDefinitions) })
	events.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.VariableDefinition != nil && v.VariableDefinition.Definition == nil {
			v.ExpectedType = nil // its type is unknown, and reported
		}
	})
	events.OnField(func(_ *core.Walker, f *ast.Field) { checkField(f, report) })
	operations := map[string]bool{}
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		if op.Name != "" && operations[op.Name] {
			report(core.Message(`There can be only one operation named "%s".`, op.Name), core.At(op.Position))
		}
		operations[op.Name] = true
	})
}

// useTwins takes a variable as used where another of its name is.
func markDuplicatesUsed(list ast.VariableDefinitionList) {
	used := map[string]bool{}
	for _, v := range list {
		used[v.Variable] = used[v.Variable] || v.Used
	}
	for _, v := range list {
		v.Used = used[v.Variable]
	}
}

// knownField reports a field that its type lacks. A type that can have none is
// reported elsewhere.
func checkField(f *ast.Field, report core.AddErrFunc) {
	owner := f.ObjectDefinition
	if owner == nil || owner.Kind != ast.Object || f.Definition != nil {
		return
	}
	names := make([]string, len(owner.Fields))
	for i, field := range owner.Fields {
		names[i] = field.Name
	}
	report(core.Message(`Cannot query field "%s" on type "%s".`, f.Name, owner.Name),
		core.SuggestListQuoted("Did you mean", f.Name, names), core.At(f.Position))
}
