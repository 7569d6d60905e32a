package vault

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// Escaped names are part of the format of stored data: they must not change.
func TestEscapedNames(t *testing.T) {
	tests := map[string]string{
		"SLACK_URL": "SLACK_URL", "slack-url": "slack-url", "my secret": "my=20secret", "db.password": "db.password",
		".": "=2E", "..": "=2E=2E", "a..b": "a=2E=2Eb", ".a": "=2Ea", "a.": "a=2E", "a/b": "a=2Fb",
		"=": "=3D", "=2E": "=3D2E", "%2e": "=252e",
		"é": "=C3=A9", "a.é": "a=2E=C3=A9", "\x00": "=00", "+": "=2B", "*": "=2A",
		strings.Repeat("n", 101): strings.Repeat("n", 100) + "/n",
	}
	for name, want := range tests {
		if got := splitPath(escape(name)); got != want {
			t.Errorf("%q is at %q, want %q", name, got, want)
		}
	}
}

func FuzzSecretPath(f *testing.F) {
	f.Add("..", "../x")
	f.Add("a/", "A/")
	f.Add("=2E", ".")
	f.Add(strings.Repeat("n", 100), strings.Repeat("n", 101))
	s := &Store{config: Config{Prefix: "p"}}
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || b == "" {
			return
		}
		pathA, errA := s.secretPath("tenant", a)
		pathB, errB := s.secretPath("tenant", b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if (pathA == pathB) != (a == b) {
			t.Errorf("%q and %q are at %q and %q", a, b, pathA, pathB)
		}
		rest, inside := strings.CutPrefix(pathA, "p/tenant/")
		if !inside || path.Clean(pathA) != pathA || strings.Contains(pathA, "..") {
			t.Errorf("%q is at %q", a, pathA)
		}
		for _, segment := range strings.Split(rest, "/") {
			if segment == "" || len(segment) > maxSegment {
				t.Errorf("%q has the segment %q", a, segment)
			}
		}
		if name, ok := unescape(strings.ReplaceAll(rest, "/", "")); !ok || name != a {
			t.Errorf("%q is unescaped to %q, %t", a, name, ok)
		}
	})
}

func TestKeysBecomeNamesAndFolders(t *testing.T) {
	folder := strings.Repeat("n", maxSegment)
	for _, tt := range []struct {
		parent         string
		keys           []string
		names, folders []string
	}{
		{"", []string{"A", "B"}, []string{"A", "B"}, nil},
		{"", []string{"A", "", "B"}, []string{"A", "B"}, nil},
		{"", []string{"A", "a=20b", "B", "a=2eb", "a.b", "B/"}, []string{"A", "a b", "B", "a.b"}, nil},
		{"", []string{"A", folder, folder + "/", folder + "n", "B"}, []string{"A", folder, "B"}, []string{folder}},
		{"", []string{"A", folder + "n", "B"}, []string{"A", "B"}, nil},
		{folder, []string{"A", folder + "/", "=2E"}, []string{folder + "A", folder + "."}, []string{folder + folder}},
		{folder[:99] + "=", []string{"20", "A", "2e"}, []string{folder[:99] + " "}, nil},
		{"", nil, nil, nil},
	} {
		names, folders := splitKeys(tt.parent, slices.Clone(tt.keys))
		if !slices.Equal(names, tt.names) || !slices.Equal(folders, tt.folders) {
			t.Errorf("%q in %q: names %q and folders %q, want %q and %q",
				tt.keys, tt.parent, names, folders, tt.names, tt.folders)
		}
	}
}

func FuzzUnescape(f *testing.F) {
	f.Add("a=20b")
	f.Add("=2e")
	f.Add("=")
	f.Add("=zz")
	f.Fuzz(func(t *testing.T, text string) {
		if name, ok := unescape(text); ok && escape(name) != text {
			t.Errorf("%q is unescaped to %q, which is escaped to %q", text, name, escape(name))
		}
	})
}
