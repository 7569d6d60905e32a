package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// graphqlJSRules makes gqlparser report once what graphql-js 15 reports once. It
// must be registered before gqlparser's rules, and replaces those that would still
// report more.
func (s *Schema) graphqlJSRules(events *core.Events, report core.AddErrFunc) {
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		markDuplicatesUsed(op.VariableDefinitions)
	})
	events.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.VariableDefinition != nil && v.VariableDefinition.Definition == nil {
			v.ExpectedType = nil // its type is unknown, which is reported
		}
	})
	events.OnValue(func(_ *core.Walker, v *ast.Value) { s.acceptSynonym(v) })
	events.OnField(func(_ *core.Walker, f *ast.Field) { checkField(f, report) })
	operations := map[string]bool{}
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		if op.Name != "" && operations[op.Name] {
			report(core.Message(`There can be only one operation named "%s".`, op.Name), core.At(op.Position))
		}
		operations[op.Name] = true
	})
}

// acceptSynonym makes a position expect the type of its variable, if that is the
// synonym of the scalar that it expects.
func (s *Schema) acceptSynonym(v *ast.Value) {
	if v.VariableDefinition == nil || v.ExpectedType == nil || v.ExpectedType.NamedType == "" {
		return
	}
	if synonym := s.synonyms[v.ExpectedType.NamedType]; synonym != "" && synonym == v.VariableDefinition.Type.NamedType {
		expected := *v.ExpectedType
		expected.NamedType = synonym
		v.ExpectedType = &expected
	}
}

// markDuplicatesUsed marks a variable as used if another with its name is.
func markDuplicatesUsed(list ast.VariableDefinitionList) {
	used := map[string]bool{}
	for _, v := range list {
		used[v.Variable] = used[v.Variable] || v.Used
	}
	for _, v := range list {
		v.Used = used[v.Variable]
	}
}

// checkField reports a field that its type does not have. That a type cannot have
// fields is reported by another rule.
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
