package check

import "testing"

func TestReferences(t *testing.T) {
	for str, want := range map[string]struct{ reference, displayable, template bool }{
		"$NAME":               {true, true, false},
		"${NAME}":             {true, true, true},
		"${cloud.api}":        {true, true, true},
		"${cloud.Api_1}":      {true, false, true},
		"$name":               {true, false, false},
		"$ecret123":           {true, false, false},
		"${any thing}":        {true, false, true},
		"$":                   {},
		"${}":                 {},
		"${A":                 {},
		"${A}}":               {false, false, true},
		"${A}${B}":            {false, false, true},
		"$A$B":                {},
		"$A-B":                {},
		"$É":                  {},
		" $A":                 {},
		"":                    {},
		"https://u:${P}@host": {false, false, true},
	} {
		if got := isReference(str); got != want.reference {
			t.Errorf("isReference(%q) = %v", str, got)
		}
		if got := isDisplayableReference(str); got != want.displayable {
			t.Errorf("isDisplayableReference(%q) = %v", str, got)
		}
		if got := isTemplate(str); got != want.template {
			t.Errorf("isTemplate(%q) = %v", str, got)
		}
	}
}
