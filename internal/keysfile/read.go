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
	out     Access
	tenants map[string]string // ids by id and slug
	names   map[string]string // what has a name: "key", or a mapping's repository id
	hashes  map[[sha256.Size]byte]bool
}

func newReader() *reader {
	return &reader{tenants: map[string]string{}, names: map[string]string{}, hashes: map[[sha256.Size]byte]bool{}}
}

func (r *reader) access(root tomlfile.Value) {
	root.Table("a keys file", "", []tomlfile.Field{
		{Name: "url", Read: tomlfile.Into(&r.out.URL, serverURL)},
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

func (r *reader) tenant(v tomlfile.Value) {
	var t cloud.Tenant
	v.Table("a tenant", aboveKeys, []tomlfile.Field{
		{Name: "id", Read: tomlfile.Into(&t.ID, r.tenantID), Add: `id = "…", a UUID; uuidgen prints one`},
		{Name: "slug", Read: tomlfile.Into(&t.Slug, r.slug), Add: `slug = "…", its short name`},
		{Name: "name", Read: tomlfile.Into(&t.Name, line)},
	})
	r.tenants[t.ID], r.tenants[t.Slug] = t.ID, t.ID
	r.out.Tenants = append(r.out.Tenants, t)
}

func (r *reader) tenantID(v tomlfile.Value) string {
	id := strings.ToLower(line(v))
	if !cloud.IsUUID(id) {
		v.Wrong("this id is no UUID", "uuidgen prints one; a tenant's secrets are kept under its id, so it never changes")
	}
	r.once(v, id)
	return id
}

// slugBytes are those of a slug that needs no escaping in a URL, a label or a path.
const slugBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func (r *reader) slug(v tomlfile.Value) string {
	slug := line(v)
	if strings.Trim(slug, slugBytes) != "" {
		v.Wrong("this slug holds more than letters, digits, - _ and .", "choose a short name, such as data-team; name takes any text")
	}
	r.once(v, slug)
	return slug
}

// once reports a tenant's id or slug that another has.
func (r *reader) once(v tomlfile.Value, name string) {
	if _, taken := r.tenants[name]; taken && name != "" {
		v.Wrong("another tenant has this id or slug", "give each its own")
	}
}

func (r *reader) key(v tomlfile.Value) {
	var k cloud.Key
	v.Table("a key", aboveKeys, []tomlfile.Field{
		{Name: "name", Read: func(v tomlfile.Value) { k.Name = r.unique(v, "key") }, Add: `name = "…"; the store records it with each secret that the key sets`},
		{Name: "role", Read: tomlfile.Into(&k.Role, role), Add: `role = "admin", "runner" or "planner"`},
		{Name: "tenants", Read: tomlfile.Into(&k.Tenants, r.tenantList), Add: "tenants, a list of slugs or ids; the first is the default"},
		{Name: "patterns", Read: tomlfile.Into(&k.Patterns, lines)},
		{Name: "expires", Read: tomlfile.Into(&k.Expires, tomlfile.Value.Moment)},
		{Name: "hash", Read: tomlfile.Into(&k.Hash, r.uniqueHash), Add: "the hash that prefect-secrets keygen prints"},
		{Name: "previous", Read: tomlfile.Into(&k.Previous, r.former)},
	})
	r.out.Keys = append(r.out.Keys, k)
}

// former is the hash that a rotation replaces, and until when it is still good.
func (r *reader) former(v tomlfile.Value) []cloud.PreviousHash {
	var f cloud.PreviousHash
	v.Table("previous", aboveKeys, []tomlfile.Field{
		{Name: "hash", Read: tomlfile.Into(&f.Hash, r.uniqueHash), Add: "the hash that the key had before"},
		{Name: "expires", Read: tomlfile.Into(&f.Expires, tomlfile.Value.Moment), Add: "expires, the moment from which the previous key is refused"},
	})
	return []cloud.PreviousHash{f}
}

// unique reads a name that only entries of one owner have.
func (r *reader) unique(v tomlfile.Value, owner string) string {
	name := line(v)
	if other, taken := r.names[name]; taken && (owner == "key" || other != owner) {
		v.Wrong("this name is given twice", "secrets are kept as their writer's, so give each its own; for a new key under the old name use keygen --rotate")
	}
	r.names[name] = owner
	return name
}

func (r *reader) uniqueHash(v tomlfile.Value) [sha256.Size]byte {
	sum := hash(v)
	if r.hashes[sum] && sum != [sha256.Size]byte{} {
		v.Wrong("this hash is given twice", "make each key with keygen")
	}
	r.hashes[sum] = true
	return sum
}

// tenantList gives the ids of tenants that are named by slug or id.
func (r *reader) tenantList(v tomlfile.Value) (ids []string) {
	linesTo(v, func(v tomlfile.Value, text string) {
		id, known := r.tenants[text]
		if !known {
			id, known = r.tenants[strings.ToLower(text)]
		}
		switch {
		case !known:
			v.Wrong("there is no such tenant", r.tenantHint(text))
		case slices.Contains(ids, id):
			v.Wrong("this tenant stands a second time", "take one out")
		default:
			ids = append(ids, id)
		}
	})
	return ids
}

func (r *reader) tenantHint(text string) string {
	return nearest.QuotedHint(text, slices.Sorted(maps.Keys(r.tenants)), "use the slug or id of one of the [[tenants]] of this file")
}
