package keysfile

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// reader reads a keys file. Tenants come first, since the rest names them.
type reader struct {
	keyring Keyring
	tenants map[string]string // tenant ids, by id and by slug
	names   map[string]string // owners of names: "key", or a mapping's repository id
	hashes  map[[sha256.Size]byte]bool
}

func newReader() *reader {
	return &reader{tenants: map[string]string{}, names: map[string]string{}, hashes: map[[sha256.Size]byte]bool{}}
}

func (r *reader) file(root tomlfile.Value) {
	root.Table("a keys file", "", []tomlfile.Field{
		{Name: "url", Read: tomlfile.Into(&r.keyring.URL, serverURL)},
		{Name: "tenants", Read: func(v tomlfile.Value) { v.Each("write [[tenants]] above each", r.tenant) }},
		{Name: "keys", Read: func(v tomlfile.Value) { v.Each("write [[keys]] above each", r.key) }},
		{Name: "github", Read: func(v tomlfile.Value) { v.Each("write [[github]] above each", r.mapping) }},
	})
	if root.Key("tenants").Any() == nil {
		root.Wrong("there is no tenant", "add [[tenants]] with an id (a UUID) and a slug")
	}
}

// aboveKeys is the hint for an element of a list that is not a table.
const aboveKeys = "write its keys below a header"

// addTenants is what to add to an entry without tenants.
const addTenants = "tenants, a list of slugs or ids; the first is the default"

func (r *reader) tenant(v tomlfile.Value) {
	var t cloud.Tenant
	v.Table("a tenant", aboveKeys, []tomlfile.Field{
		{Name: "id", Read: tomlfile.Into(&t.ID, r.tenantID), Add: `id = "…", a UUID; uuidgen prints one`},
		{Name: "slug", Read: tomlfile.Into(&t.Slug, r.slug), Add: `slug = "…", its short name`},
		{Name: "name", Read: tomlfile.Into(&t.Name, line)},
	})
	r.tenants[t.ID], r.tenants[t.Slug] = t.ID, t.ID
	r.keyring.Tenants = append(r.keyring.Tenants, t)
}

func (r *reader) tenantID(v tomlfile.Value) string {
	id := strings.ToLower(line(v))
	if !cloud.IsUUID(id) {
		v.Wrong("this id is not a UUID",
			"uuidgen prints one; a tenant's secrets are kept under its id, so it never changes")
	}
	r.checkUnused(v, id)
	return id
}

// slugCharacters need no escaping in a URL, a label or a path.
const slugCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

// IsSlug reports whether a string can be the slug of a tenant.
func IsSlug(s string) bool {
	return s != "" && len(s) <= cloud.MaxName && strings.Trim(s, slugCharacters) == ""
}

func (r *reader) slug(v tomlfile.Value) string {
	slug := line(v)
	if slug != "" && !IsSlug(slug) {
		v.Wrong("a slug has only letters, digits, - _ and .",
			"choose a short name, such as data-team; name can be any string")
	}
	r.checkUnused(v, slug)
	return slug
}

// checkUnused reports the id or slug of a tenant if another tenant has it.
func (r *reader) checkUnused(v tomlfile.Value, name string) {
	if _, taken := r.tenants[name]; taken && name != "" {
		v.Wrong("another tenant has this id or slug", "give each its own")
	}
}

func (r *reader) key(v tomlfile.Value) {
	var k cloud.Key
	v.Table("a key", aboveKeys, []tomlfile.Field{
		{
			Name: "name", Read: func(v tomlfile.Value) { k.Name = r.unique(v, "key") },
			Add: `name = "…"; the store records it with each secret that the key sets`,
		},
		{Name: "role", Read: tomlfile.Into(&k.Role, role), Add: `role = "admin", "runner" or "planner"`},
		{Name: "tenants", Read: tomlfile.Into(&k.Tenants, r.tenantList), Add: addTenants},
		{Name: "patterns", Read: tomlfile.Into(&k.Patterns, lines)},
		{Name: "expires", Read: tomlfile.Into(&k.Expires, tomlfile.Value.DateTime)},
		{Name: "hash", Read: tomlfile.Into(&k.Hash, r.uniqueHash), Add: "the hash that prefect-secrets keygen prints"},
		{Name: "previous", Read: tomlfile.Into(&k.Previous, r.previous)},
	})
	r.keyring.Keys = append(r.keyring.Keys, k)
}

// previous reads the hash that a rotation replaced, and until when it is valid.
func (r *reader) previous(v tomlfile.Value) []cloud.PreviousHash {
	var p cloud.PreviousHash
	v.Table("previous", aboveKeys, []tomlfile.Field{
		{Name: "hash", Read: tomlfile.Into(&p.Hash, r.uniqueHash), Add: "the hash that the key had before"},
		{
			Name: "expires", Read: tomlfile.Into(&p.Expires, tomlfile.Value.DateTime),
			Add: "expires, the moment from which the previous key is refused",
		},
	})
	return []cloud.PreviousHash{p}
}

// unique reads a name. Keys do not share names; mappings do if they have one owner.
func (r *reader) unique(v tomlfile.Value, owner string) string {
	name := line(v)
	if other, taken := r.names[name]; taken && (owner == "key" || other != owner) {
		v.Wrong("duplicate name",
			"the store records names as the writers of secrets, so each must be unique; to replace a key and keep its name, use keygen --rotate")
	}
	r.names[name] = owner
	return name
}

func (r *reader) uniqueHash(v tomlfile.Value) [sha256.Size]byte {
	sum := hash(v)
	if r.hashes[sum] && sum != [sha256.Size]byte{} {
		v.Wrong("duplicate hash", "make each key with keygen")
	}
	r.hashes[sum] = true
	return sum
}

// tenantList reads a list of slugs or ids, and returns the ids.
func (r *reader) tenantList(v tomlfile.Value) (ids []string) {
	readLines(v, func(v tomlfile.Value, name string) {
		id, found := r.tenants[name]
		if !found {
			id, found = r.tenants[strings.ToLower(name)]
		}
		switch {
		case !found:
			v.Wrong("unknown tenant", r.tenantHint(name))
		case slices.Contains(ids, id):
			v.Wrong("duplicate tenant", "remove one")
		default:
			ids = append(ids, id)
		}
	})
	return ids
}

func (r *reader) tenantHint(name string) string {
	names := slices.Sorted(maps.Keys(r.tenants))
	return nearest.QuotedHint(name, names, "use the slug or id of one of the [[tenants]] of this file")
}
