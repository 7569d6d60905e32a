package tomlfile

import (
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Value is a value of a file, with its position.
type Value struct {
	file    *File
	node    tomlpos.NodeID
	decoded any
}

// Any returns the value as BurntSushi/toml decodes it, nil if the file does not have it.
func (v Value) Any() any { return v.decoded }

// Name returns the last part of the value's key.
func (v Value) Name() string { return v.file.doc.Nodes[v.node].Name }

// Root returns the top-level table of the value's file.
func (v Value) Root() Value { return v.file.Root() }

// Key returns the value of a key of a table. If the key is missing, the position is that
// of the table.
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

// List returns the elements of a list; ok is false for a value that is not a list, which
// it does not report.
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
		v.Wrong("expected a string", "put it in double quotes")
	}
	return text, ok
}

// FilledText reads a string that is not blank.
func (v Value) FilledText() (text string, ok bool) {
	if text, ok = v.Text(); ok && strings.TrimSpace(text) == "" {
		v.Wrong("this string is empty", "fill it in, or remove it")
		return text, false
	}
	return text, ok
}

// Texts reads a list of strings that are not blank, and calls read with each of them if
// read is not nil. The result has an element for each of the list, "" in place of one
// that is not a string. It is never nil.
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

// DateTime reads a date and time with its offset.
func (v Value) DateTime() time.Time {
	t, ok := v.decoded.(time.Time)
	if !ok || v.file.values[v.node].Kind != tomlpos.OffsetDateTime {
		v.Wrong("expected a date and time with its offset",
			"write it without quotation marks, such as 2027-01-31T00:00:00Z")
	}
	return t
}
