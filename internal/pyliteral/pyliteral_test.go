package pyliteral_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// oracle is one row of testdata: a text, and repr(ast.literal_eval(text)) of Python
// 3.11, null if literal_eval refuses the text.
type oracle struct {
	Text string  `json:"text"`
	Repr *string `json:"repr"`
}

func readOracles(t testing.TB, path string) []oracle {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []oracle
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var row oracle
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestAsPython(t *testing.T) {
	path := "testdata/python3.11.jsonl"
	if other := os.Getenv("PYLITERAL_ORACLE"); other != "" {
		path = other
	}
	rows := readOracles(t, path)
	if len(rows) < 400 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		value, err := pyliteral.Parse(row.Text)
		switch {
		case row.Repr == nil && err == nil:
			t.Errorf("%q is %s; Python refuses it", row.Text, pyliteral.Repr(value))
		case row.Repr != nil && err != nil:
			t.Errorf("%q: %v; Python reads %s", row.Text, err, *row.Repr)
		case row.Repr != nil && pyliteral.Repr(value) != *row.Repr:
			t.Errorf("%q is %s; Python reads %s", row.Text, pyliteral.Repr(value), *row.Repr)
		}
	}
}

func TestTypes(t *testing.T) {
	const digits = "123456789012345678901" // beyond int64
	want, _ := new(big.Int).SetString(digits, 10)
	for text, want := range map[string]any{
		"42": int64(42), "-9223372036854775808": int64(-9223372036854775808), "1.5": 1.5, "True": true, "None": nil,
		"'a'": "a", "b'a'": []byte("a"), "[1]": []any{int64(1)}, "(1,)": pyliteral.Tuple{int64(1)},
		"{1}": pyliteral.Set{int64(1)}, "{'a': 1}": pyliteral.Dict{{Key: "a", Value: int64(1)}},
		"...": pyliteral.Ellipsis{}, "1j": 1i, "set()": pyliteral.Set{},
	} {
		got, err := pyliteral.Parse(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	if got, err := pyliteral.Parse(digits); err != nil || got.(*big.Int).Cmp(want) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestNesting(t *testing.T) {
	for _, brackets := range []string{"[]", "()"} {
		for depth, fits := range map[int]bool{200: true, 201: false, 100_000: false} {
			text := strings.Repeat(brackets[:1], depth) + strings.Repeat(brackets[1:], depth)
			_, err := pyliteral.Parse(text)
			if (err == nil) != fits || err != nil && !errors.Is(err, pyliteral.ErrNotLiteral) {
				t.Errorf("%d of %s: %v", depth, brackets, err)
			}
		}
	}
	if _, err := pyliteral.Parse(strings.Repeat("{1:", 200) + "1" + strings.Repeat("}", 200)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, row := range readOracles(f, "testdata/python3.11.jsonl") {
		f.Add(row.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := pyliteral.Parse(text)
		if err != nil {
			return
		}
		printed := pyliteral.Repr(value)
		if strings.ContainsAny(text, "eEjJ.") {
			return // infinities, negative zeros and ... are not printed as literals
		}
		got, err := pyliteral.Parse(printed)
		if err != nil || pyliteral.Repr(got) != printed {
			t.Errorf("%q is printed as %q, which is read as %s, %v", text, printed, pyliteral.Repr(got), err)
		}
	})
}
