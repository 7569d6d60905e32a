package keysfile

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const (
	dataID = "11111111-1111-4111-8111-111111111111"
	mlID   = "22222222-2222-4222-8222-222222222222"

	tenantsText = "[[tenants]]\nid = \"" + dataID + "\"\nslug = \"data\"\n\n" +
		"[[tenants]]\nid = \"" + mlID + "\"\nslug = \"ml\"\n\n"
)

func hashOf(key string) [sha256.Size]byte { return sha256.Sum256([]byte(key)) }

func TestParseKeys(t *testing.T) {
	ci, agent, previous := NewKey(), NewKey(), NewKey()
	got, err := Parse("keys.toml", []byte(`
url = "https://secrets.example.com"
tenants = [
  { id = "11111111-1111-4111-8111-11111111111A", slug = "data", name = "Data team" },
  { id = "`+mlID+`", slug = "ml" },
]

[[keys]]
name = "ci"
role = "admin"
tenants = ["ml", "11111111-1111-4111-8111-11111111111A"]
patterns = ["team_*"]
expires = 2027-01-31T00:00:00+01:00
hash = "`+FormatHash(hashOf(ci))+`"
previous.hash = "`+FormatHash(hashOf(previous))+`"
previous.expires = 2026-12-01T00:00:00Z

[[keys]]
name = "agent"
role = "runner"
tenants = ["data"]
hash = "`+FormatHash(hashOf(agent))+`"

[[github]]
repository-id = 1296269
repository = "octocat/hello-world"
ref = "refs/heads/main"
tenants = ["data"]

[[github]]
name = "deploy"
issuer = "https://ghe.example.com/_services/token"
repository-id = "42"
environment = "production"
events = ["release"]
tenants = ["ml"]
patterns = ["X"]
`))
	if err != nil {
		t.Fatal(err)
	}
	aID := "11111111-1111-4111-8111-11111111111a"
	want := &Keyring{
		URL:     "https://secrets.example.com",
		Tenants: []cloud.Tenant{{ID: aID, Slug: "data", Name: "Data team"}, {ID: mlID, Slug: "ml"}},
		Keys: []cloud.Key{
			{
				Name: "ci", Role: cloud.Admin, Tenants: []string{mlID, aID}, Patterns: []string{"team_*"},
				Hash: hashOf(ci), Expires: time.Date(2027, 1, 30, 23, 0, 0, 0, time.UTC),
				Previous: []cloud.PreviousHash{
					{Hash: hashOf(previous), Expires: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)},
				},
			},
			{Name: "agent", Role: cloud.Runner, Tenants: []string{aID}, Hash: hashOf(agent)},
		},
		GitHub: []Mapping{
			{
				Name: "github:octocat/hello-world", Issuer: gitHubIssuer,
				RepositoryID: "1296269", Repository: "octocat/hello-world", Ref: "refs/heads/main",
				Events: defaultEvents, Tenants: []string{aID},
			},
			{
				Name: "deploy", Issuer: "https://ghe.example.com/_services/token",
				RepositoryID: "42", Environment: "production",
				Events: []string{"release"}, Tenants: []string{mlID}, Patterns: []string{"X"},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A key that is formatted and parsed is the same key.
func TestFormatKeyRoundTrip(t *testing.T) {
	want := cloud.Key{
		Name: `say "hi" \ there`, Role: cloud.Runner, Tenants: []string{dataID}, Patterns: []string{`a"*`, `\?`},
		Hash: hashOf("x"), Expires: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC),
		Previous: []cloud.PreviousHash{{Hash: hashOf("y"), Expires: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}},
	}
	got, err := Parse("k", []byte(tenantsText+Format(want)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]cloud.Key{want}, got.Keys); diff != "" {
		t.Error(diff)
	}
}

func TestNewKey(t *testing.T) {
	a, b := NewKey(), NewKey()
	if a == b || !looksLikeKey(a) || len(a) != 37 || checksum(a[:30]) != a[30:] {
		t.Errorf("keys %q and %q", a, b)
	}
}

// Each file has the problems that are listed, at their positions, and no error quotes a
// value.
func TestKeysFileProblems(t *testing.T) {
	hash := FormatHash(hashOf("anything"))
	tenant := "[[tenants]]\nid = \"" + dataID + "\"\nslug = \"data\"\n" // 3 lines
	key := "[[keys]]\nname = \"ci\"\nrole = \"admin\"\ntenants = [\"data\"]\nhash = \"" + hash + "\"\n"
	mapping := "[[github]]\nrepository-id = 1\nref = \"refs/heads/main\"\ntenants = [\"data\"]\n"
	swap := strings.NewReplacer
	const previousExpires = "previous.expires = 2027-01-01T00:00:00Z\n"
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"not TOML": {"a = CANARY", []string{"k:1:5: not valid TOML: not a TOML value"}},
		"output of keygen": {
			"the key, shown this once:\n\n" + canaryKey + "\n\nput these lines into the keys file of serve:\n\n" + key,
			[]string{"k:1:5: not valid TOML: an equals sign is missing after the key: a line is a key itself"},
		},
		"pasted key":  {tenant + key + canaryKey + "\n", []string{"k:9:38: not valid TOML: an equals sign is missing after the key: a line is a key itself"}},
		"empty":       {"", []string{"k:1:1: there is no tenant: add [[tenants]]"}},
		"unknown top": {tenant + "[[key]]\n", []string{`k:4:3: unknown key "key": did you mean keys?`}},
		"unknown in key": {
			tenant + key + "rolle = \"CANARY\"\n",
			[]string{`k:9:1: unknown key "rolle": did you mean role? a key has`},
		},
		"clear key": {
			tenant + key + "key = \"" + canaryKey + "\"\n",
			[]string{`k:9:1: unknown key "key": this file has no keys`},
		},
		"clear hash": {
			tenant + swap(hash, canaryKey).Replace(key),
			[]string{"k:8:8: this is a key, not its hash: replace the key"},
		},
		"clear name": {
			tenant + swap(`"ci"`, `"`+canaryKey+`"`).Replace(key),
			[]string{"k:5:8: this is a key: this file has only hashes"},
		},
		"plain hash": {
			tenant + swap("sha256:", "").Replace(key),
			[]string{"k:8:8: this is not the hash of a key: prefect-secrets keygen prints it"},
		},
		"short hash": {tenant + swap(hash, hash[:60]).Replace(key), []string{"k:8:8: this is not the hash"}},
		"no hash": {
			tenant + swap(`hash = "`+hash+"\"\n", "").Replace(key),
			[]string{"k:4:3: a key has no hash: add the hash that"},
		},
		"no role": {
			tenant + swap("role = \"admin\"\n", "").Replace(key),
			[]string{`k:4:3: a key has no role: add role = "admin"`},
		},
		"role": {
			tenant + swap("admin", "runer").Replace(key),
			[]string{"k:6:8: unknown role: did you mean runner? a role is"},
		},
		"tenant": {
			tenant + swap(`["data"]`, `["data", "dta"]`).Replace(key),
			[]string{`k:7:20: unknown tenant: did you mean "data"?`},
		},
		"tenant twice": {
			tenant + swap(`["data"]`, `["data", "`+dataID+`"]`).Replace(key),
			[]string{"k:7:20: duplicate tenant"},
		},
		"no tenants":       {tenant + swap(`["data"]`, `[]`).Replace(key), []string{"k:7:11: this list is empty"}},
		"tenants a string": {tenant + swap(`["data"]`, `"data"`).Replace(key), []string{"k:7:11: expected a list"}},
		"number": {
			tenant + swap(`"ci"`, `7`).Replace(key),
			[]string{"k:5:8: expected a string: put it in double quotes"},
		},
		"empty name": {tenant + swap(`"ci"`, `" "`).Replace(key), []string{"k:5:8: this string is empty"}},
		"line break": {
			tenant + swap(`"ci"`, `"c\ni"`).Replace(key),
			[]string{"k:5:8: this string is too long or has a line break"},
		},
		"expires text": {
			tenant + key + "expires = \"2027-01-01T00:00:00Z\"\n",
			[]string{"k:9:11: expected a date and time with its offset"},
		},
		"expires local": {
			tenant + key + "expires = 2027-01-01T00:00:00\n",
			[]string{"k:9:11: expected a date and time with its offset"},
		},
		"expires date": {
			tenant + key + "expires = 2027-01-01\n",
			[]string{"k:9:11: expected a date and time with its offset"},
		},
		"previous": {
			tenant + key + "previous.hash = \"" + FormatHash(hashOf("b")) + "\"\n",
			[]string{"k:9:1: previous has no expires: add expires"},
		},
		"previous same": {
			tenant + key + "previous.hash = \"" + hash + "\"\n" + previousExpires,
			[]string{"k:9:17: duplicate hash"},
		},
		"two of a name": {
			tenant + key + swap(hash, FormatHash(hashOf("b"))).Replace(key),
			[]string{"k:10:8: duplicate name: "},
		},
		"two of a hash": {
			tenant + key + swap(`"ci"`, `"b"`).Replace(key),
			[]string{"k:13:8: duplicate hash"},
		},
		"duplicate in key": {
			tenant + key + "role = \"runner\"\n",
			[]string{"k:9:1: not valid TOML: this key is defined twice"},
		},
		"tenant id": {
			swap(dataID, "CANARY").Replace(tenant),
			[]string{"k:2:6: this id is not a UUID: uuidgen prints one"},
		},
		"tenant slug": {swap(`"data"`, `"a b"`).Replace(tenant), []string{"k:3:8: a slug has only letters"}},
		"tenants same": {
			tenant + tenant,
			[]string{"k:5:6: another tenant has this id or slug", "k:6:8: another tenant has this id or slug"},
		},
		"tenant no id": {"[[tenants]]\nslug = \"a\"\n", []string{"k:1:3: a tenant has no id: add id"}},
		"keys a table": {
			tenant + "[keys]\nname = \"a\"\n",
			[]string{"k:4:2: expected a list: write [[keys]] above each"},
		},
		"keys a string": {
			"keys = [\"CANARY\"]\n" + tenant,
			[]string{"k:1:9: expected a table: write its keys below a header"},
		},
		"url": {
			"url = \"secrets.example.com\"\n" + tenant,
			[]string{"k:1:7: this is not an absolute URL"},
		},
		"url user": {
			"url = \"https://CANARY:x@e.com\"\n" + tenant,
			[]string{"k:1:7: this URL has more than a server and a path"},
		},
		"repository alone": {
			tenant + swap("repository-id = 1\n", "repository = \"a/b\"\n").Replace(mapping),
			[]string{"k:4:3: a [[github]] mapping has no repository-id: add repository-id, the number"},
		},
		"every branch": {
			tenant + swap("ref = \"refs/heads/main\"\n", "").Replace(mapping),
			[]string{`k:4:3: this mapping would accept every branch: add ref = "refs/heads/main"`},
		},
		"short ref": {
			tenant + swap("refs/heads/main", "main").Replace(mapping),
			[]string{"k:6:7: this is not the full ref"},
		},
		"pull ref": {
			tenant + swap("refs/heads/main", "refs/pull/1/merge").Replace(mapping),
			[]string{"k:6:7: this is not the full ref"},
		},
		"ref glob": {
			tenant + swap("refs/heads/main", "refs/heads/*").Replace(mapping),
			[]string{"k:6:7: this is not the full ref"},
		},
		"bad event": {
			tenant + mapping + "events = [\"push\", \"pull_request_target\"]\n",
			[]string{"k:8:19: tokens of this event are never accepted: use push,"},
		},
		"runner role": {
			tenant + mapping + "role = \"runner\"\n",
			[]string{`k:8:1: unknown key "role": a [[github]] mapping has`},
		},
		"id": {
			tenant + swap("= 1", "= 0").Replace(mapping),
			[]string{"k:5:17: this is not the id of a repository"},
		},
		"id text": {
			tenant + swap("= 1", `= "octocat/x"`).Replace(mapping),
			[]string{"k:5:17: this is not the id of a repository"},
		},
		"repository": {
			tenant + mapping + "repository = \"octocat\"\n",
			[]string{"k:8:14: this is not a repository: write OWNER/NAME"},
		},
		"issuer http": {
			tenant + mapping + "issuer = \"http://ghe.example.com\"\n",
			[]string{"k:8:10: this issuer's keys would come over plain http: use https"},
		},
		"name of a key": {
			tenant + key + mapping + "name = \"ci\"\n",
			[]string{"k:13:8: duplicate name"},
		},
		"name of another": {
			tenant + mapping + "name = \"a\"\n" + swap("= 1", "= 2").Replace(mapping) + "name = \"a\"\n",
			[]string{"k:13:8: duplicate name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("k", []byte(tt.text))
			if err == nil {
				t.Fatal("accepted")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%d problems, want %d:\n%s", len(lines), len(tt.want), err)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("got  %s\nwant %s", lines[i], want)
				}
			}
			if strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), canaryKey) {
				t.Errorf("a value is shown: %s", err)
			}
		})
	}
}

// Mappings of one repository may write under one name.
func TestMappingsShareAName(t *testing.T) {
	const mapping = "[[github]]\nrepository-id = 1\nrepository = \"a/b\"\ntenants = [\"data\"]\n"
	text := tenantsText + mapping + "ref = \"refs/heads/main\"\n" + mapping + "environment = \"production\"\n"
	got, err := Parse("k", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.GitHub {
		if m.Name != "github:a/b" {
			t.Errorf("name %q", m.Name)
		}
	}
}

// canaryKey has the shape of a key.
const canaryKey = "pfs_CANARYCANARYCANARYCANARYCANARYCAN"

func FuzzParseKeys(f *testing.F) {
	key := cloud.Key{Name: "ci", Role: cloud.Admin, Tenants: []string{"data"}, Hash: hashOf("x")}
	f.Add(tenantsText + Format(key) +
		"[[github]]\nrepository-id = 1\nref = \"refs/heads/main\"\ntenants = [\"data\"]\n")
	f.Add("tenants = 1\nkeys = [[1], {}]\ngithub.a = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		keyring, err := Parse("k", []byte(text))
		if err != nil {
			return
		}
		_, err = cloud.New(cloud.Config{
			Store: cloud.NewMemory(time.Now), Now: time.Now, Tenants: keyring.Tenants, Keys: keyring.Keys,
		})
		if err != nil {
			t.Errorf("the API refuses a file that was parsed: %v", err)
		}
	})
}
