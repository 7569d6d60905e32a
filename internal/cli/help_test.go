package cli_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// typeOfTheLibrary is what the flags' library calls a value.
var typeOfTheLibrary = regexp.MustCompile(`--[a-z-]+ (string|strings|stringArray|int|duration)\b|help for `)

// withoutExample are commands whose help needs no example.
var withoutExample = []string{"action", "help"}

// helpOf returns the command lines that --help is tested for.
func helpOf(t *testing.T) (commands [][]string) {
	t.Helper()
	_, list, _ := strings.Cut(runCommand(t, nil, "", "--help").stdout, "\nCommands:\n")
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+)  `).FindAllStringSubmatch(list, -1) {
		commands = append(commands, m[1:])
	}
	if len(commands) < 15 {
		t.Fatalf("--help lists %q", commands)
	}
	return append(commands, []string{}, []string{"serve", "--store", "vault"}, []string{"serve", "--dev"})
}

// valueFlag matches a flag with the name of its value in a help.
var valueFlag = regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+) ([A-Z][^ a-z]*|file:PATH)`)

// examples matches the examples of a help. They are to be copied, and are not wrapped.
var examples = regexp.MustCompile(`(?s)\nExamples:\n.*?\n\n[A-Z]`)

// gluedRow is a flag whose description begins in the name of its value.
var gluedRow = regexp.MustCompile(`(?m)^ +(?:-\w, )?--[a-z-]+ [A-Z:]{2,}[a-z].*$`)

func TestHelpNamesValuesAndShowsExamples(t *testing.T) {
	for _, command := range helpOf(t) {
		help := runCommand(t, nil, "", append(command, "--help")...).stdout
		if word := typeOfTheLibrary.FindString(help); word != "" {
			t.Errorf("%q: the help has %q", command, word)
		}
		needsExample := len(command) == 0 || !slices.Contains(withoutExample, command[0])
		if needsExample != strings.Contains(help, "\nExamples:\n") {
			t.Errorf("%q: an example: %t", command, !needsExample)
		}
		if row := gluedRow.FindString(help); row != "" {
			t.Errorf("%q: %q has no space before its description", command, row)
		}
	}
}

func TestHelpOfServeShowsTheStore(t *testing.T) {
	for _, tt := range []struct {
		args   string
		has    []string
		hasNot []string
	}{
		{"serve", []string{"With --store file:PATH:", "With --store vault:", "--vault-address", "serve --store vault --help"}, []string{"--vault-jwt-file"}},
		{"serve --store vault", []string{"--vault-jwt-file", "--vault-client-key"}, []string{"--store-key-file"}},
		{"serve --store file:x", []string{"--store-key-file"}, []string{"--vault-address"}},
		{"serve --store memory", []string{"--keys-file"}, []string{"--vault-address", "--store-key-file"}},
		{"serve --dev", []string{"--ready-file", "--upstream"}, []string{"--keys-file", "--vault-address"}},
	} {
		help := runCommand(t, nil, "", append(strings.Fields(tt.args), "--help")...).stdout
		for _, text := range tt.has {
			if !strings.Contains(help, text) {
				t.Errorf("%s --help lacks %s", tt.args, text)
			}
		}
		for _, text := range tt.hasNot {
			if strings.Contains(help, "      "+text) {
				t.Errorf("%s --help has %s", tt.args, text)
			}
		}
	}
}
