package check

import "testing"

func TestReferences(t *testing.T) {
	for text, want := range map[string]struct{ is, shown, template bool }{
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
		if got := isReference(text); got != want.is {
			t.Errorf("isReference(%q) = %v", text, got)
		}
		if got := isDisplayableReference(text); got != want.shown {
			t.Errorf("shownReference(%q) = %v", text, got)
		}
		if got := isTemplate(text); got != want.template {
			t.Errorf("isTemplate(%q) = %v", text, got)
		}
	}
}
