package check

import (
	"encoding/json"
	"strings"
	"testing"
)

// notebookOf returns a notebook of cells, one string each.
func notebookOf(t *testing.T, cells ...string) []byte {
	t.Helper()
	list := []map[string]any{}
	for _, source := range cells {
		list = append(list, map[string]any{"cell_type": "code", "source": source})
	}
	text, err := json.MarshalIndent(map[string]any{"cells": list}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Jupyter runs cells one by one: the others count where one is broken, and its text is
// not shown.
func TestABrokenCellHidesNoOther(t *testing.T) {
	for _, broken := range []string{
		"x = 5 +", "print '" + canary + "'", "if x:", "  y = (", "<<<<<<< HEAD\n", "'" + canary, "'''" + canary, "def f(:\n  pass",
		"}", "x = [1,\n2", "if x:\n\tx = 1\n        y = 2", "a ‘b’", "Secret('D').get()\ntry:\n  x\nexcept E, e:\n  pass", "@x\n", "try:\n  x", "f(a=1, b)",
	} {
		text := notebookOf(t, "from prefect.client import Secret", "Secret('A').get()", broken, "Secret('B').get()", broken, "%matplotlib inline\nSecret('C').get()")
		found := ReadFlows([]Flow{{"n.ipynb", text}}).Check(nil, Options{})
		var got []string
		for _, d := range found {
			about, _, _ := strings.Cut(d.Message, ":")
			got = append(got, string(d.Severity)+" "+about)
		}
		read, unread := "error nothing defines the secret ", "warning this cell is not read"
		want := strings.Join([]string{read + `"A"`, unread, read + `"B"`, unread, read + `"C"`}, ", ")
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %s", broken, render(found))
		}
		checkNotShown(t, found, string(text), canary)
	}
}

// TestManyBrokenCells would not end if each broken cell was read with all others.
func TestManyBrokenCells(t *testing.T) {
	cells := make([]string, 20000)
	for i := range cells {
		cells[i] = "x = ("
	}
	if found := (ReadFlows([]Flow{{"n.ipynb", notebookOf(t, cells...)}}).Check(nil, Options{})); len(found) != len(cells) {
		t.Errorf("%d findings", len(found))
	}
}
