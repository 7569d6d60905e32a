package cloud_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What introspection says about a schema.
type (
	schemaJSON struct {
		Types, Directives []typeJSON
	}
	typeJSON struct {
		Kind, Name, Description         string
		Fields, InputFields, EnumValues []fieldJSON
		Args                            []fieldJSON // of a directive
		Locations                       []string
	}
	fieldJSON struct {
		Name, Description string
		DefaultValue      *string
		Args              []fieldJSON
		Type              refJSON
	}
	refJSON struct {
		Kind, Name string
		OfType     *refJSON
	}
)

// What every schema has.
var (
	standardTypes      = []string{"Boolean", "Float", "ID", "Int", "String"}
	standardDirectives = []string{"deprecated", "include", "oneOf", "skip", "specifiedBy"}
)

// writeSDL returns a schema in GraphQL's definition language, from what
// introspection says about it, without what every schema has.
func writeSDL(t *testing.T, answer []byte) string {
	t.Helper()
	var in struct {
		Data struct {
			Schema schemaJSON `json:"__schema"`
		}
	}
	if err := json.Unmarshal(answer, &in); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range in.Data.Schema.Directives {
		if !slices.Contains(standardDirectives, d.Name) {
			fmt.Fprintf(&b, "%sdirective @%s%s on %s\n\n", description("", d.Description), d.Name,
				argumentList(d.Args), strings.Join(d.Locations, " | "))
		}
	}
	for _, s := range in.Data.Schema.Types {
		if !slices.Contains(standardTypes, s.Name) && !strings.HasPrefix(s.Name, "__") {
			b.WriteString(s.sdl() + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (s typeJSON) sdl() string {
	words := map[string]string{"OBJECT": "type", "INPUT_OBJECT": "input", "ENUM": "enum", "SCALAR": "scalar"}
	head := description("", s.Description) + words[s.Kind] + " " + s.Name
	if s.Kind == "SCALAR" {
		return head + "\n"
	}
	var b strings.Builder
	for _, f := range slices.Concat(s.Fields, s.InputFields, s.EnumValues) {
		b.WriteString(description("  ", f.Description) + "  " + f.sdl() + "\n")
	}
	return head + " {\n" + b.String() + "}\n"
}

func (f fieldJSON) sdl() string {
	out := f.Name + argumentList(f.Args)
	if f.Type.Kind != "" {
		out += ": " + f.Type.sdl()
	}
	if f.DefaultValue != nil {
		out += " = " + *f.DefaultValue
	}
	return out
}

func (r refJSON) sdl() string {
	switch r.Kind {
	case "NON_NULL":
		return r.OfType.sdl() + "!"
	case "LIST":
		return "[" + r.OfType.sdl() + "]"
	}
	return r.Name
}

func argumentList(args []fieldJSON) string {
	if len(args) == 0 {
		return ""
	}
	var out []string
	for _, a := range args {
		out = append(out, a.sdl())
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// description writes a description. One with several lines is a block.
func description(indent, text string) string {
	switch {
	case text == "":
		return ""
	case strings.Contains(text, "\n"):
		return indent + `"""` + "\n" + indent + strings.ReplaceAll(text, "\n", "\n"+indent) + "\n" +
			indent + `"""` + "\n"
	}
	return indent + fmt.Sprintf("%q", text) + "\n"
}
