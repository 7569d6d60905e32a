package release

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]string{
		"documented": "documented", "0.6": "0.6.7", "0.6.7": "0.6.7", "0.9": "0.9.8", "0.9.3": "0.9.3", "0.10.0": "0.10.0",
		"0.13": "0.13.19", "0.13.19": "0.13.19", "0.14.4": "0.14.4", "1.0": "1.0.0", "1.1.0": "1.1.0", "1.4": "1.4.1", "1.4.0": "1.4.0",
	} {
		v, err := ParseVersion(text)
		if err != nil || v.String() != want {
			t.Errorf("%q: got %q, %v", text, v, err)
		}
		if diff := cmp.Diff([]string{want}, names(v.Releases())); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"": "unknown version", "any": "unknown version", "Documented": "unknown version", "1": "did you mean 1.4? use", "0.9.": "unknown version",
		"1.4.x": "unknown version", "1.4.1.1": "unknown version", " 1.4": "unknown version", "0.9.3\n": "unknown version", "v1.4": "did you mean 1.4? use", "V0.13.19": "did you mean 0.13.19? use", "0": "did you mean 0.15? use",
		"0.99": "0.99 was never released", "0.13.20": "0.13.20 was never released, and the latest 0.13 of Prefect is 0.13.19", "1.0.1": "the latest 1.0 of Prefect is 1.0.0",
		"0.6.6": "0.6.6 is not supported", "0.5": "0.5 is not supported", "0.4.1": "0.4.1 is not supported",
		"1.5": "1.5 is not supported", "1.4.2": "1.4.2 was never released", "2.0": "2.0 is not supported, since Prefect 2 and later keep secrets as blocks", "2": "2 is not supported, since", "3": "3 is not supported, since", "2.20.27": "2.20.27 is not supported, since", "0.0.0": "0.0.0 is not supported",
	} {
		v, err := ParseVersion(text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "from 0.6.7 to 1.4.1") || v != Any {
			t.Errorf("%q is %s: %v", text, v, err)
		}
	}
	if v, err := VersionOf(""); v != Any || err != nil {
		t.Errorf("without a name: %s, %v", v, err)
	}
}

func names(versions []Version) []string {
	all := make([]string, len(versions))
	for i, v := range versions {
		all[i] = v.String()
	}
	return all
}

func TestReleasesOfAny(t *testing.T) {
	all := names(Any.Releases())
	if first, last := all[0], all[len(all)-1]; first != "0.6.7" || last != "1.4.1" {
		t.Errorf("from %s to %s", first, last)
	}
	if !strings.Contains(strings.Join(all, " "), "0.8.1 0.9.0 0.9.1 0.9.2 0.9.3 0.9.4 0.9.5 0.9.6 0.9.7 0.9.8 0.10.0") {
		t.Errorf("not in order: %v", all)
	}
}

func TestWhere(t *testing.T) {
	for _, tt := range []struct {
		version Version
		holds   func(Version) bool
		want    string
		all     bool
	}{
		{Any, func(v Version) bool { return true }, "[0.6.7 to 1.4.1]", true},
		{Any, func(v Version) bool { return false }, "[]", false},
		{Any, Version.CastsFile, "[0.11.2 to 1.4.1]", false},
		{Any, func(v Version) bool { return !v.CastsFile() }, "[0.6.7 to 0.11.1]", false},
		{Number{0, 9, 3}.Version(), Version.CastsFile, "[]", false},
		{Number{1, 4, 0}.Version(), Version.CastsFile, "[1.4.0]", true},
		{Documented, Version.CastsFile, "[]", false},
	} {
		spans, all := tt.version.Where(tt.holds)
		each, allEach := tt.version.WhereEach(tt.holds)
		if got := printed(spans); got != tt.want || all != tt.all || printed(each) != got || allEach != all {
			t.Errorf("%s: got %s, %t, each %s, %t; want %s", tt.version, got, all, printed(each), allEach, tt.want)
		}
	}
	odd, _ := Any.WhereEach(func(v Version) bool { return v.Number()[0] == 1 && v.Number()[2] == 0 })
	if got := printed(odd); got != "[1.0.0 to 1.2.0 1.3.0 1.4.0]" {
		t.Errorf("got %s", got)
	}
}

func printed(spans []Span) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = s.String()
	}
	return "[" + strings.Join(texts, " ") + "]"
}

// TestErasAreInOrder holds the table of changes to its order, on which era depends,
// and to releases that exist.
func TestErasAreInOrder(t *testing.T) {
	for i, n := range changedIn {
		if v, err := ParseVersion(n.String()); err != nil || v.Number() != n {
			t.Errorf("%v: %v", n, err)
		}
		if i > 0 && n.Compare(changedIn[i-1]) < 0 {
			t.Errorf("%s after %s", n, changedIn[i-1])
		}
	}
	if got := names(Any.Eras()); got[0] != "0.6.7" || len(got) > len(changedIn)+1 {
		t.Errorf("eras begin with %v", got)
	}
}
