package graphql

import (
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxReportedErrors bounds the validation errors of one document, as in graphql-js
// 16.
const maxReportedErrors = 100

// gqlparserRules are the rules of gqlparser whose messages hold only names.
var gqlparserRules = []core.Rule{
	rules.FragmentsOnCompositeTypesRule,
	rules.KnownArgumentNamesRule,
	rules.KnownDirectivesRule,
	rules.KnownFragmentNamesRule,
	rules.LoneAnonymousOperationRule,
	rules.MaxIntrospectionDepth,
	rules.NoFragmentCyclesRule,
	rules.NoUndefinedVariablesRule,
	rules.NoUnusedFragmentsRule,
	rules.NoUnusedVariablesRule,
	rules.OverlappingFieldsCanBeMergedRule,
	rules.PossibleFragmentSpreadsRule,
	rules.ProvidedRequiredArgumentsRule,
	rules.ScalarLeafsRule,
	rules.UniqueArgumentNamesRule,
	rules.UniqueDirectivesPerLocationRule,
	rules.UniqueFragmentNamesRule,
	rules.UniqueVariableNamesRule,
	rules.VariablesAreInputTypesRule,
	rules.VariablesInAllowedPositionRule,
}

// validate runs every rule over a parsed document. It also annotates the document
// with definitions.
func (s *Schema) validate(doc *ast.QueryDocument) []*Error {
	var found problems
	report := found.add
	var events core.Events
	s.typeNameRule(&events, report)
	s.graphqlJSRules(&events, report)
	for _, rule := range gqlparserRules {
		rule.RuleFunc(&events, report)
	}
	events.OnValue(func(_ *core.Walker, v *ast.Value) { s.checkLiteral(v, report) })
	core.Walk(s.ast, doc, &events)
	return found.errs
}

// problems collects what the rules report, without duplicates: gqlparser walks a
// fragment again for every operation that spreads it.
type problems struct {
	errs []*Error
	seen map[problem]bool
}

type problem struct {
	message string
	at      Location
}

func (p *problems) add(options ...core.ErrorOption) {
	if len(p.errs) >= maxReportedErrors {
		return
	}
	var e gqlerror.Error
	for _, option := range options {
		option(&e)
	}
	out := &Error{Message: e.Message, Code: CodeValidationFailed}
	for _, l := range e.Locations {
		out.Locations = append(out.Locations, Location{l.Line, l.Column})
	}
	key := problem{message: out.Message}
	if len(out.Locations) > 0 {
		key.at = out.Locations[0]
	}
	if p.seen[key] {
		return
	}
	if p.seen == nil {
		p.seen = map[problem]bool{}
	}
	p.seen[key] = true
	p.errs = append(p.errs, out)
}

// typeNameRule replaces gqlparser's rule, which suggests nothing for the type of a
// variable, and suggests types of a fragment in random order.
func (s *Schema) typeNameRule(events *core.Events, report core.AddErrFunc) {
	check := func(name string, pos *ast.Position, input bool) {
		if name != "" && s.ast.Types[name] == nil {
			report(core.Message(`Unknown type "%s".`, name), s.suggestType(name, input), core.At(pos))
		}
	}
	events.OnVariable(func(_ *core.Walker, v *ast.VariableDefinition) {
		check(v.Type.Name(), v.Type.Position, true)
	})
	events.OnInlineFragment(func(_ *core.Walker, f *ast.InlineFragment) {
		check(f.TypeCondition, f.Position, false)
	})
	events.OnFragment(func(_ *core.Walker, f *ast.FragmentDefinition) {
		check(f.TypeCondition, f.Position, false)
	})
}

func (s *Schema) suggestType(name string, input bool) core.ErrorOption {
	var names []string
	for _, def := range s.ast.Types {
		if !strings.HasPrefix(def.Name, "__") && def.IsInputType() == input {
			names = append(names, def.Name)
		}
	}
	sort.Strings(names)
	return core.SuggestListQuoted("Did you mean", name, names)
}

// checkLiteral replaces gqlparser's ValuesOfCorrectType and UniqueInputFieldNames.
// Those quote literals and the keys of JSON literals, and reject a large number
// inside a JSON literal.
func (s *Schema) checkLiteral(v *ast.Value, report core.AddErrFunc) {
	if duplicate := duplicateKey(v); duplicate != nil {
		s.reportDuplicate(v, duplicate, report)
	}
	if v.Definition == nil || v.ExpectedType == nil || v.Kind == ast.Variable {
		return
	}
	if v.Kind == ast.NullValue {
		if v.ExpectedType.NonNull {
			report(core.Message(`Expected value of type "%s", found null.`, v.ExpectedType),
				core.At(v.Position))
		}
		return
	}
	if v.Kind == ast.ListValue && v.ExpectedType.Elem != nil {
		return // its elements are checked on their own
	}
	switch v.Definition.Kind {
	case ast.InputObject:
		s.checkObject(v, report)
	case ast.Enum:
		if v.Kind != ast.EnumValue || v.Definition.EnumValues.ForName(v.Raw) == nil {
			report(core.Message(`Enum "%s" cannot represent this value.`, v.Definition.Name),
				core.At(v.Position))
		}
	case ast.Scalar:
		if reason := s.literalProblem(v.Definition, v); reason != "" {
			report(core.Message("%s.", reason), core.At(v.Position))
		}
	}
}

func (s *Schema) checkObject(v *ast.Value, report core.AddErrFunc) {
	def := v.Definition
	if v.Kind != ast.ObjectValue {
		report(core.Message(`Expected value of type "%s" to be an object.`, def.Name), core.At(v.Position))
		return
	}
	for _, field := range def.Fields {
		if field.Type.NonNull && field.DefaultValue == nil && v.Children.ForName(field.Name) == nil {
			report(core.Message(`Field "%s.%s" of required type "%s" was not provided.`,
				def.Name, field.Name, field.Type), core.At(v.Position))
		}
	}
	names := make([]string, len(def.Fields))
	for i, field := range def.Fields {
		names[i] = field.Name
	}
	for _, child := range v.Children {
		if def.Fields.ForName(child.Name) == nil {
			report(core.Message(`Field "%s" is not defined by type "%s".`, child.Name, def.Name),
				core.SuggestListQuoted("Did you mean", child.Name, names), core.At(child.Position))
		}
	}
}

// duplicateKey returns the second of two equal keys in an object literal, or nil.
func duplicateKey(v *ast.Value) *ast.ChildValue {
	if v.Kind != ast.ObjectValue {
		return nil
	}
	seen := make(map[string]bool, len(v.Children))
	for _, child := range v.Children {
		if seen[child.Name] {
			return child
		}
		seen[child.Name] = true
	}
	return nil
}

func (s *Schema) reportDuplicate(v *ast.Value, key *ast.ChildValue, report core.AddErrFunc) {
	if v.Definition != nil && v.Definition.Kind == ast.InputObject {
		report(core.Message(`There can be only one input field named "%s".`, key.Name), core.At(key.Position))
		return
	}
	report(core.Message("A JSON literal has a duplicate key."), core.At(key.Position))
}
