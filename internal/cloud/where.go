package cloud

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxConditions bounds the expressions and comparisons of one where. Each is
	// evaluated for every row.
	maxConditions = 200
	// conditionsPerPattern is how many conditions a LIKE counts as. It may compare
	// every character of a name with every character of the pattern.
	conditionsPerPattern = 10
)

// condition is a where, or a part of it, compiled for many rows. If it is nil it is
// always true.
type condition[R any] func(R) bool

// filter compiles the argument where.
type filter[R any] struct {
	columns    columns[R]
	conditions int // so far
	length     int // of all operands so far, in bytes
}

// where compiles a boolean expression as Hasura 1 reads it: all members of an object
// must be true, and one that is null or empty is true.
func (f *filter[R]) where(exp any) (condition[R], error) {
	object, _ := exp.(map[string]any)
	if err := f.count(1); err != nil {
		return nil, err
	}
	parts := make([]condition[R], 0, len(object))
	for key, operand := range object {
		part, err := f.member(key, operand)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return allOf(parts), nil
}

// count counts conditions, and returns an error if there are too many.
func (f *filter[R]) count(conditions int) error {
	if f.conditions += conditions; f.conditions > maxConditions {
		return badInput(fmt.Sprintf("where has more than %d conditions", maxConditions))
	}
	return nil
}

// member compiles one member of a boolean expression.
func (f *filter[R]) member(key string, operand any) (condition[R], error) {
	if operand == nil {
		return nil, nil
	}
	switch key {
	case "_and":
		parts, err := f.each(operand.([]any))
		return allOf(parts), err
	case "_or":
		parts, err := f.each(operand.([]any))
		return anyOf(parts), err
	case "_not":
		inner, err := f.where(operand)
		return not(inner), err
	}
	return f.comparison(f.columns.named(key), operand.(map[string]any))
}

// each compiles the expressions of _and or _or.
func (f *filter[R]) each(exps []any) ([]condition[R], error) {
	parts := make([]condition[R], len(exps))
	for i, exp := range exps {
		var err error
		if parts[i], err = f.where(exp); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// allOf returns a condition that is true if every part is.
func allOf[R any](parts []condition[R]) condition[R] {
	parts = slices.DeleteFunc(parts, func(c condition[R]) bool { return c == nil })
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return func(r R) bool {
		return !slices.ContainsFunc(parts, func(c condition[R]) bool { return !c(r) })
	}
}

// anyOf returns a condition that is true if one of the parts is.
func anyOf[R any](parts []condition[R]) condition[R] {
	return func(r R) bool {
		return slices.ContainsFunc(parts, func(c condition[R]) bool { return c == nil || c(r) })
	}
}

func not[R any](inner condition[R]) condition[R] {
	return func(r R) bool { return inner != nil && !inner(r) }
}

// comparison compiles the operators on one column.
func (f *filter[R]) comparison(c column[R], exp map[string]any) (condition[R], error) {
	var parts []condition[R]
	for operator, operand := range exp {
		if operand == nil {
			continue
		}
		if err := f.countComparison(operator, operand); err != nil {
			return nil, err
		}
		compare := compileComparison(operator, operand)
		parts = append(parts, func(r R) bool { return compare(c.value(r)) })
	}
	return allOf(parts), nil
}

// countComparison counts a comparison and the length of its operand.
func (f *filter[R]) countComparison(operator string, operand any) error {
	switch operand := operand.(type) {
	case string:
		f.length += len(operand)
	case []any:
		for _, item := range operand {
			f.length += len(item.(string)) + operandBytesPerRow
		}
	}
	if strings.HasSuffix(operator, "like") {
		return f.count(conditionsPerPattern)
	}
	return f.count(1)
}

// compileComparison compiles an operator with its operand.
func compileComparison(operator string, operand any) func(string) bool {
	if list, ok := operand.([]any); ok {
		return membership(list, operator == "_nin")
	}
	if isNull, ok := operand.(bool); ok {
		return func(string) bool { return !isNull } // no column here is ever null
	}
	text := operand.(string)
	switch operator {
	case "_like", "_nlike":
		return like(text, operator == "_nlike")
	case "_ilike", "_nilike":
		match := like(strings.ToLower(text), operator == "_nilike")
		return func(s string) bool { return match(strings.ToLower(s)) }
	case "_neq":
		return func(s string) bool { return s != text }
	case "_gt":
		return func(s string) bool { return s > text }
	case "_gte":
		return func(s string) bool { return s >= text }
	case "_lt":
		return func(s string) bool { return s < text }
	case "_lte":
		return func(s string) bool { return s <= text }
	}
	return func(s string) bool { return s == text }
}

// membership returns a function that reports whether a string is in a list.
func membership(list []any, negated bool) func(string) bool {
	set := make(map[any]bool, len(list))
	for _, item := range list {
		set[item] = true
	}
	return func(s string) bool { return set[s] != negated }
}
