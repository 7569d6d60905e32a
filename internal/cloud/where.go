package cloud

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxConditions bounds the expressions and comparisons of one where, each of
	// which is looked at for every row.
	maxConditions = 200
	// conditionsOfPattern is what a LIKE counts for: it may compare every character
	// of a name with every one of the pattern.
	conditionsOfPattern = 10
)

// columns read a row's columns, by name.
type columns[R any] map[string]func(R) string

// condition is one where, or a part of it, made ready for many rows.
type condition[R any] func(R) bool

// filter makes conditions of a where argument.
type filter[R any] struct {
	columns    columns[R]
	conditions int
	length     int // of all operands, in bytes
}

// where makes a condition of a boolean expression as Hasura 1 reads it: what
// stands in one object must all hold, and what is null or empty always holds. It
// gives nil where nothing is filtered.
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
	return all(parts), nil
}

func (f *filter[R]) count(conditions int) error {
	if f.conditions += conditions; f.conditions > maxConditions {
		return badInput(fmt.Sprintf("where has more than %d conditions", maxConditions))
	}
	return nil
}

func (f *filter[R]) member(key string, operand any) (condition[R], error) {
	if operand == nil {
		return nil, nil
	}
	switch key {
	case "_and":
		parts, err := f.each(operand.([]any))
		return all(parts), err
	case "_or":
		parts, err := f.each(operand.([]any))
		return either(parts), err
	case "_not":
		inner, err := f.where(operand)
		return not(inner), err
	}
	return f.comparison(f.columns[key], operand.(map[string]any))
}

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

// all holds where every part does; a part that is nil always does.
func all[R any](parts []condition[R]) condition[R] {
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

func either[R any](parts []condition[R]) condition[R] {
	return func(r R) bool {
		return slices.ContainsFunc(parts, func(c condition[R]) bool { return c == nil || c(r) })
	}
}

func not[R any](inner condition[R]) condition[R] {
	return func(r R) bool { return inner != nil && !inner(r) }
}

// comparison makes a condition of the operators on one column.
func (f *filter[R]) comparison(column func(R) string, exp map[string]any) (condition[R], error) {
	var parts []condition[R]
	for operator, operand := range exp {
		if operand == nil {
			continue
		}
		if err := f.operand(operator, operand); err != nil {
			return nil, err
		}
		holds := comparator(operator, operand)
		parts = append(parts, func(r R) bool { return holds(column(r)) })
	}
	return all(parts), nil
}

// operand counts a comparison and what it compares with.
func (f *filter[R]) operand(operator string, operand any) error {
	switch with := operand.(type) {
	case string:
		f.length += len(with)
	case []any:
		for _, item := range with {
			f.length += len(item.(string)) + bytesOfRow
		}
	}
	if strings.HasSuffix(operator, "like") {
		return f.count(conditionsOfPattern)
	}
	return f.count(1)
}

// comparator makes ready an operator and what it compares with.
func comparator(operator string, operand any) func(string) bool {
	if list, ok := operand.([]any); ok {
		return membership(list, operator == "_nin")
	}
	if isNull, ok := operand.(bool); ok {
		return func(string) bool { return !isNull } // no column here is ever null
	}
	with := operand.(string)
	switch operator {
	case "_like", "_nlike":
		return like(with, operator == "_nlike")
	case "_ilike", "_nilike":
		match := like(strings.ToLower(with), operator == "_nilike")
		return func(s string) bool { return match(strings.ToLower(s)) }
	case "_neq":
		return func(s string) bool { return s != with }
	case "_gt":
		return func(s string) bool { return s > with }
	case "_gte":
		return func(s string) bool { return s >= with }
	case "_lt":
		return func(s string) bool { return s < with }
	case "_lte":
		return func(s string) bool { return s <= with }
	}
	return func(s string) bool { return s == with }
}

func membership(list []any, negated bool) func(string) bool {
	set := make(map[any]bool, len(list))
	for _, item := range list {
		set[item] = true
	}
	return func(s string) bool { return set[s] != negated }
}
