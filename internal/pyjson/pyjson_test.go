package pyjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
)

// The results are those of Python 3.11's json.loads.
func TestLoads(t *testing.T) {
	n := func(text string) any { return json.Number(text) }
	tests := []struct {
		text string
		want any
	}{
		{"42", n("42")},
		{" 42 ", n("42")},
		{"\n42\n", n("42")},
		{"-0", n("-0")},
		{"1e5", n("1e5")},
		{"1E400", n("1E400")},
		{"12345678901234567890", n("12345678901234567890")},
		{"true", true},
		{"false", false},
		{"null", nil},
		{`"42"`, "42"},
		{`"\u00fc\n"`, "ü\n"},
		{"NaN", math.NaN()},
		{"Infinity", math.Inf(1)},
		{"-Infinity", math.Inf(-1)},
		{"[1, 2]", []any{n("1"), n("2")}},
		{"[]", []any{}},
		{"{}", map[string]any{}},
		{`{"a": {"b": [null, NaN]}, "a2": 1}`, map[string]any{
			"a": map[string]any{"b": []any{nil, math.NaN()}}, "a2": n("1"),
		}},
		{`{"a": 1, "a": 2}`, map[string]any{"a": n("2")}},
	}
	for _, tt := range tests {
		got, err := pyjson.Loads(tt.text)
		if err != nil {
			t.Errorf("Loads(%.40q): %v", tt.text, err)
		} else if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("Loads(%.40q): %.200s", tt.text, diff)
		}
	}
}

func TestLoadsReadsMaxDepth(t *testing.T) {
	v, err := pyjson.Loads(strings.Repeat("[", pyjson.MaxDepth) + strings.Repeat("]", pyjson.MaxDepth))
	if err != nil {
		t.Fatal(err)
	}
	depth := 0
	for array, ok := v.([]any); ok; array, ok = v.([]any) {
		depth++
		v = nil
		if len(array) > 0 {
			v = array[0]
		}
	}
	if depth != pyjson.MaxDepth {
		t.Errorf("%d brackets deep, want %d", depth, pyjson.MaxDepth)
	}
}

func TestLoadsRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "plain", "007", "+5", "1.", ".5", "1e", "0x10", "1,2", "1_000", "True", "None", "nan", "inf",
		"'q'", "{'a': 1}", `{"a": 1} x`, "[1,]", "[1", "{", `{"a"}`, `{"a":}`, `{1: 2}`, `{"a": 1,}`, `"open`, `"\x"`,
		"\"tab\tinside\"", "\ufeff1", "\u00a042", "--1", "-", "-Inf", "tru", "[,]",
	} {
		if v, err := pyjson.Loads(text); !errors.Is(err, pyjson.ErrNotJSON) {
			t.Errorf("Loads(%q) = %v, %v; want ErrNotJSON", text, v, err)
		}
	}
	for _, text := range []string{
		strings.Repeat("[", pyjson.MaxDepth+1),
		strings.Repeat(`{"a":`, pyjson.MaxDepth+1),
		strings.Repeat("[", 1_000_000),
	} {
		if _, err := pyjson.Loads(text); !errors.Is(err, pyjson.ErrTooDeep) {
			t.Errorf("Loads(%.10q…): %v; want ErrTooDeep", text, err)
		}
	}
}

// FuzzLoads compares Loads with encoding/json: what that accepts, Loads reads alike.
func FuzzLoads(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"x\u00e4",null,true]}`, "NaN", "[[[", `"\ud800"`, "1.e", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := pyjson.Loads(text)
		if !json.Valid([]byte(text)) || errors.Is(err, pyjson.ErrTooDeep) {
			return
		}
		if err != nil {
			t.Fatalf("Loads refuses JSON: %v", err)
		}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatal("Loads reads it otherwise than encoding/json")
		}
	})
}

func TestLoadsRefusesLongIntegers(t *testing.T) {
	for text, want := range map[string]error{
		strings.Repeat("9", pyjson.MaxDigits):                nil,
		"-" + strings.Repeat("9", pyjson.MaxDigits):          nil,
		strings.Repeat("9", pyjson.MaxDigits+1):              pyjson.ErrTooLong,
		"[-" + strings.Repeat("9", pyjson.MaxDigits+1) + "]": pyjson.ErrTooLong,
		strings.Repeat("9", pyjson.MaxDigits+1) + " x":       pyjson.ErrTooLong,
		strings.Repeat("9", pyjson.MaxDigits+1) + ".5":       nil,
		strings.Repeat("9", pyjson.MaxDigits+1) + "e1":       nil,
	} {
		if _, err := pyjson.Loads(text); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v, want %v", len(text), err, want)
		}
	}
}
