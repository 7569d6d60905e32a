package keysfile

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// accessReader reads a keys file. Tenants come first, since the rest names them.
type accessReader struct {
	*reader
	out     Access
	tenants map[string]string // ids by id and slug
	names   map[string]string // what has a name: "key", or a mapping's repository id
	hashes  map[[sha256.Size]byte]bool
}

func (r *accessReader) access(root spot) *Access {
	r.tenants, r.names, r.hashes = map[string]string{}, map[string]string{}, map[[sha256.Size]byte]bool{}
	later := func(spot) {}
	root.table("a keys file", map[string]field{
		"url":     {read: func(s spot) { r.out.URL = s.address() }},
		"tenants": {read: func(s spot) { s.each("write [[tenants]] above each", r.tenant) }},
		"keys":    {read: later},
		"github":  {read: later},
	})
	tree, _ := root.value.(map[string]any)
	if keys, ok := tree["keys"]; ok {
		root.below("keys", -1, keys).each("write [[keys]] above each", r.key)
	}
	if mappings, ok := tree["github"]; ok {
		root.below("github", -1, mappings).each("write [[github]] above each", r.mapping)
	}
	if _, ok := tree["tenants"]; !ok {
		r.problems = append(r.problems, problem{0, `there is no tenant: add [[tenants]] with an id (a UUID) and a slug`})
	}
	return &r.out
}

func (r *accessReader) tenant(s spot) {
	var t cloud.Tenant
	s.table("a tenant", map[string]field{
		"id":   {read: func(s spot) { t.ID = r.tenantID(s) }, required: `id = "…", a UUID; uuidgen prints one`},
		"slug": {read: func(s spot) { t.Slug = r.slug(s) }, required: `slug = "…", its short name`},
		"name": {read: func(s spot) { t.Name = s.text() }},
	})
	r.tenants[t.ID], r.tenants[t.Slug] = t.ID, t.ID
	r.out.Tenants = append(r.out.Tenants, t)
}

func (r *accessReader) tenantID(s spot) string {
	id := strings.ToLower(s.text())
	if !cloud.IsUUID(id) {
		s.wrong("this id is no UUID", "uuidgen prints one; a tenant's secrets are kept under its id, so it never changes")
	}
	r.once(s, id)
	return id
}

// slugBytes are those of a slug that needs no escaping in a URL, a label or a path.
const slugBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func (r *accessReader) slug(s spot) string {
	slug := s.text()
	if strings.Trim(slug, slugBytes) != "" {
		s.wrong("this slug holds more than letters, digits, - _ and .", "choose a short name, such as data-team; name takes any text")
	}
	r.once(s, slug)
	return slug
}

// once reports a tenant's id or slug that another has.
func (r *accessReader) once(s spot, name string) {
	if _, taken := r.tenants[name]; taken && name != "" {
		s.wrong("another tenant has this id or slug", "give each its own")
	}
}

func (r *accessReader) key(s spot) {
	var k cloud.Key
	s.table("a key", map[string]field{
		"name":     {read: func(s spot) { k.Name = r.unique(s, "key") }, required: `name = "…"; the store records it with each secret that the key sets`},
		"role":     {read: func(s spot) { k.Role = s.role() }, required: `role = "admin", "runner" or "planner"`},
		"tenants":  {read: func(s spot) { k.Tenants = r.tenantList(s) }, required: "tenants, a list of slugs or ids; the first is the default"},
		"hash":     {read: func(s spot) { k.Hash = r.uniqueHash(s) }, required: "the hash that prefect-secrets keygen prints"},
		"patterns": {read: func(s spot) { k.Patterns = s.texts() }},
		"expires":  {read: func(s spot) { k.Expires = s.moment() }},
		"previous": {read: func(s spot) { k.Former = []cloud.FormerHash{r.former(s)} }},
	})
	r.out.Keys = append(r.out.Keys, k)
}

// former is the hash that a rotation replaces, and until when it is still good.
func (r *accessReader) former(s spot) (f cloud.FormerHash) {
	s.table("previous", map[string]field{
		"hash":    {read: func(s spot) { f.Hash = r.uniqueHash(s) }, required: "the hash that the key had before"},
		"expires": {read: func(s spot) { f.Expires = s.moment() }, required: "expires, the moment from which the previous key is refused"},
	})
	return f
}

// unique reads a name that only entries of one owner have.
func (r *accessReader) unique(s spot, owner string) string {
	name := s.text()
	if other, taken := r.names[name]; taken && (owner == "key" || other != owner) {
		s.wrong("this name is given twice", "secrets are kept as their writer's, so give each its own; for a new key under the old name use keygen --rotate")
	}
	r.names[name] = owner
	return name
}

func (r *accessReader) uniqueHash(s spot) [sha256.Size]byte {
	hash := s.hash()
	if r.hashes[hash] && hash != [sha256.Size]byte{} {
		s.wrong("this hash is given twice", "make each key with keygen")
	}
	r.hashes[hash] = true
	return hash
}

// tenantList gives the ids of tenants that are named by slug or id.
func (r *accessReader) tenantList(s spot) (ids []string) {
	if s.texts() == nil {
		return nil
	}
	s.each("", func(s spot) {
		text, ok := s.value.(string)
		id, known := r.tenants[text]
		if !known {
			id, known = r.tenants[strings.ToLower(text)]
		}
		switch {
		case !ok || strings.TrimSpace(text) == "": // reported already
		case !known:
			s.wrong("there is no such tenant", r.tenantHint(text))
		case slices.Contains(ids, id):
			s.wrong("this tenant stands a second time", "take one out")
		default:
			ids = append(ids, id)
		}
	})
	return ids
}

func (r *accessReader) tenantHint(text string) string {
	hint := "use the slug or id of one of the [[tenants]] of this file"
	if near := nearest.Of(text, slices.Sorted(maps.Keys(r.tenants))); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	return hint
}

// Expired names the keys that are refused at a moment.
func (a *Access) Expired(now time.Time) (names []string) {
	for _, k := range a.Keys {
		if !k.Expires.IsZero() && !now.Before(k.Expires) {
			names = append(names, k.Name)
		}
	}
	return names
}
