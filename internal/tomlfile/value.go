package tomlfile

import (
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Value is a value of a file at its place.
type Value struct {
	file *File
	node tomlpos.NodeID
	decoded  any
}

// Any is the value as BurntSushi/toml decodes it, nil if the file does not have it.
func (v Value) Any() any { return v.decoded }

// Name is the last part of the value's key.
func (v Value) Name() string { return v.file.doc.Nodes[v.node].Name }

// Root is the table at the top of the value's file.
func (v Value) Root() Value { return v.file.Root() }

// Key is what a table holds under a name. If there is nothing, its place is that of
// the table.
func (v Value) Key(name string) Value {
	table, _ := v.decoded.(map[string]any)
	node, ok := v.file.doc.Child(v.node, name)
	if !ok {
		node = v.node
	}
	return Value{v.file, node, table[name]}
}

func (v Value) element(i int, decoded any) Value {
	return Value{v.file, v.file.elements[element{v.node, int32(i)}], decoded}
}

// List is the elements of a list. It reports nothing; ok is false if the value is not
// a list.
func (v Value) List() (list []Value, ok bool) {
	switch elements := v.decoded.(type) {
	case []any:
		for i, e := range elements {
			list = append(list, v.element(i, e))
		}
	case []map[string]any:
		for i, e := range elements {
			list = append(list, v.element(i, e))
		}
	default:
		return nil, false
	}
	return list, true
}

// Text reads a string.
func (v Value) Text() (text string, ok bool) {
	if text, ok = v.decoded.(string); !ok {
		v.Wrong("expected a string", "put it into quotation marks")
	}
	return text, ok
}

// FilledText reads a string that holds more than spaces.
func (v Value) FilledText() (text string, ok bool) {
	if text, ok = v.Text(); ok && strings.TrimSpace(text) == "" {
		v.Wrong("this string is empty", "fill it in, or take it out")
		return text, false
	}
	return text, ok
}

// Texts reads a list of strings that hold more than spaces. Each of them goes to
// read, if that is not nil. In place of anything else the result has what was read of
// it, so that its elements are those of the list; it is never nil.
func (v Value) Texts(read func(Value, string)) []string {
	list, ok := v.List()
	if !ok {
		v.Wrong("expected a list of strings", `write it as a list, such as ["A", "B"]`)
	}
	texts := make([]string, len(list))
	for i, e := range list {
		if texts[i], ok = e.FilledText(); ok && read != nil {
			read(e, texts[i])
		}
	}
	return texts
}

// Bool reads true or false.
func (v Value) Bool() bool {
	b, ok := v.decoded.(bool)
	if !ok {
		v.Wrong("expected true or false", "write it without quotation marks")
	}
	return b
}

// Moment reads a date and time with its offset.
func (v Value) DateTime() time.Time {
	t, ok := v.decoded.(time.Time)
	if !ok || v.file.values[v.node].Kind != tomlpos.OffsetDateTime {
		v.Wrong("expected a date and time with its offset", "write it without quotation marks, such as 2027-01-31T00:00:00Z")
	}
	return t
}
