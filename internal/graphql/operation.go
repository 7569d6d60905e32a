package graphql

import (
	"cmp"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/smallmap"
)

// Request is one GraphQL request.
type Request struct {
	Query string
	// OperationName chooses one of several operations; nil means the only one.
	OperationName *string
	Variables     Variables
	// NoIntrospection makes __schema and __type an error. __typename stays.
	NoIntrospection bool
}

// Operation is a valid request that is ready to run.
type Operation struct {
	schema *Schema
	vars   values
	failed *Error // why it must not run
	// Fields are the selected fields of Query or Mutation, in document order.
	Fields []*Field
	// Mutation reports whether it is a mutation, not a query.
	Mutation bool
}

// Field is one selected field. Selections with the same result key are merged into
// one Field.
type Field struct {
	// Key is its name in the result: the alias, or else Name.
	Key  string
	Name string
	// Args are the coerced arguments, without those that are neither given nor have a
	// default: string, bool, int, json.Number (Float), json.RawMessage (a custom scalar
	// without a [Scalar]), []any, map[string]any (an input object). It is empty if
	// the variables do not fit.
	Args smallmap.Map[any]
	// Fields are the fields selected in it.
	Fields []*Field

	argErr   string
	owner    *ast.Definition
	def      *ast.FieldDefinition
	position *ast.Position
	sets     []ast.SelectionSet // of all selections merged into it
}

// Selects reports whether a field with that name is selected in f.
func (f *Field) Selects(name string) bool {
	for _, child := range f.Fields {
		if child.Name == name {
			return true
		}
	}
	return false
}

// Arg returns an argument, nil if it is not in Args.
func (f *Field) Arg(name string) any {
	value, _ := f.Args.Get(name)
	return value
}

// Prepare parses and validates a request and coerces its variables. If it returns
// errors, all of which are the client's, nothing may be executed.
func (s *Schema) Prepare(r Request) (*Operation, []*Error) {
	doc, errs := s.document(r.Query)
	if len(errs) > 0 {
		return nil, errs
	}
	def, err := chooseOperation(doc, r.OperationName)
	if err != nil {
		return nil, []*Error{err}
	}
	vars, errs := s.variables(def.VariableDefinitions, r.Variables)
	if len(errs) > 0 {
		return nil, errs
	}
	op := &Operation{schema: s, vars: values{byName: vars}, Mutation: def.Operation == ast.Mutation}
	root := s.ast.Query
	if op.Mutation {
		root = s.ast.Mutation
	}
	op.Fields = op.collect(root, []ast.SelectionSet{def.SelectionSet})
	if failed := cmp.Or(op.failed, op.vars.checkCopied()); failed != nil {
		return nil, []*Error{failed}
	}
	if r.NoIntrospection {
		if errs := op.introspectionErrors(); len(errs) > 0 {
			return nil, errs
		}
	}
	return op, nil
}

// introspectionErrors returns an error, with the code of Apollo Server 2.25, for each field
// that shows the schema.
func (op *Operation) introspectionErrors() []*Error {
	var errs []*Error
	for _, f := range op.Fields {
		if f.Name == "__schema" || f.Name == "__type" {
			errs = append(errs, &Error{
				Message: "GraphQL introspection is not allowed, but the query contained __schema or __type.",
				Code:    CodeValidationFailed, Locations: locationsOf(f.position),
			})
		}
	}
	return errs
}

// chooseOperation returns the operation with that name, or the only one.
func chooseOperation(doc *ast.QueryDocument, name *string) (*ast.OperationDefinition, *Error) {
	if name == nil && len(doc.Operations) > 1 {
		const message = "Must provide operation name if query contains multiple operations."
		return nil, &Error{Message: message, Code: CodeInternal}
	}
	for _, op := range doc.Operations {
		if name != nil && (*name == "" || op.Name != *name) {
			continue
		}
		if op.Operation == ast.Subscription {
			const message = "Schema is not configured for subscriptions."
			return nil, &Error{Message: message, Code: CodeInternal, Locations: locationsOf(op.Position)}
		}
		return op, nil
	}
	return nil, &Error{Message: "Unknown operation name.", Code: CodeInternal}
}

// collect returns the fields of selection sets of one object, merged by result key,
// in the order of first mention. No type is abstract, so a fragment always applies,
// and one result serves every object of a list.
func (op *Operation) collect(owner *ast.Definition, sets []ast.SelectionSet) []*Field {
	c := collector{op: op, owner: owner}
	for _, set := range sets {
		c.set(set)
	}
	for _, f := range c.fields {
		if len(f.sets) > 0 {
			f.Fields = op.collect(op.schema.ast.Types[f.def.Type.Name()], f.sets)
		}
	}
	return c.fields
}

// collector merges selections into fields.
type collector struct {
	op      *Operation
	owner   *ast.Definition
	fields  []*Field
	byKey   smallmap.Map[*Field]
	spreads map[string]bool // fragments that are included
}

func (c *collector) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			if c.op.included(it.Directives) {
				c.field(it)
			}
		case *ast.InlineFragment:
			if c.op.included(it.Directives) {
				c.set(it.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.op.included(it.Directives) {
				c.fragment(it)
			}
		}
	}
}

// fragment adds the fields of a fragment the first time that it is spread.
func (c *collector) fragment(spread *ast.FragmentSpread) {
	if c.spreads[spread.Name] {
		return
	}
	if c.spreads == nil {
		c.spreads = map[string]bool{}
	}
	c.spreads[spread.Name] = true
	c.set(spread.Definition.SelectionSet)
}

func (c *collector) field(node *ast.Field) {
	f, ok := c.byKey.Get(node.Alias)
	if !ok {
		f = &Field{
			Key: node.Alias, Name: node.Name,
			owner: c.owner, def: node.Definition, position: node.Position,
		}
		f.Args, f.argErr = c.op.arguments(node)
		c.byKey.Set(f.Key, f)
		c.fields = append(c.fields, f)
	}
	if len(node.SelectionSet) > 0 {
		f.sets = append(f.sets, node.SelectionSet)
	}
}

// arguments coerces a field's arguments, or returns the message of an error in the
// variables.
func (op *Operation) arguments(node *ast.Field) (args smallmap.Map[any], problem string) {
	for _, def := range node.Definition.Arguments {
		var given *ast.Value
		if a := node.Arguments.ForName(def.Name); a != nil {
			given = a.Value
		}
		value, present, ok := op.schema.argument(given, def.Type, def.DefaultValue, &op.vars)
		if !ok {
			return smallmap.Map[any]{}, fmt.Sprintf(`Argument "%s" has an invalid value.`, def.Name)
		}
		if present {
			args.Set(def.Name, value)
		}
	}
	return args, ""
}

// included reports whether @skip and @include leave a selection in. If a variable makes
// a condition null, it sets op.failed.
func (op *Operation) included(list ast.DirectiveList) bool {
	for _, d := range list {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		given := d.Arguments.ForName("if").Value
		condition, ok := op.schema.literal(given, d.Definition.Arguments.ForName("if").Type, &op.vars)
		if !ok && op.failed == nil {
			const message = `Argument "if" of non-null type "Boolean!" must not be null.`
			op.failed = &Error{Message: message, Code: CodeInternal, Locations: locationsOf(given.Position)}
		}
		if condition == (d.Name == "skip") {
			return false
		}
	}
	return true
}
