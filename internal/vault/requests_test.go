package vault_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

const (
	folder = "prefect-secrets/" + tenant + "/"
	canary = "CANARY-value"
)

// mustSet sets a secret and returns whether that changed it.
func mustSet(t *testing.T, s cloud.Store, name, value string, compare bool) bool {
	t.Helper()
	changed, err := s.Set(t.Context(), tenant, name, json.RawMessage(value), "ci", compare)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestRequestsOfEachOperation(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustSet(t, s, "b", `1`, false)
	f.Requests()
	long := strings.Repeat("é", 100)
	steps := []struct {
		name string
		run  func() error
		want []string
	}{
		{"set", func() error {
			_, err := s.Set(t.Context(), tenant, "a b", json.RawMessage(`1`), "ci", false)
			return err
		},
			[]string{"PUT secret/data/" + folder + "a=20b"}},
		{"set an equal value", func() error { mustSet(t, s, "b", `1`, true); return nil },
			[]string{"GET secret/data/" + folder + "b"}},
		{"set another", func() error { mustSet(t, s, "b", `2`, true); return nil },
			[]string{"GET secret/data/" + folder + "b", "PUT secret/data/" + folder + "b"}},
		{"get", func() error { _, err := s.Get(t.Context(), tenant, "b"); return err },
			[]string{"GET secret/data/" + folder + "b"}},
		{"names", func() error { _, err := s.Names(t.Context(), tenant); return err },
			[]string{"LIST secret/metadata/" + folder[:len(folder)-1]}},
		{"info", func() error { _, err := s.Info(t.Context(), tenant, "b"); return err },
			[]string{"GET secret/data/" + folder + "b"}},
		{"ping", func() error { return s.Ping(t.Context()) }, []string{"GET auth/token/lookup-self"}},
		{"delete", func() error { return s.Delete(t.Context(), tenant, "b") },
			[]string{"DELETE secret/metadata/" + folder + "b"}},
		{"names, one of them long", func() error {
			mustSet(t, s, long, `1`, false)
			f.Requests()
			_, err := s.Names(t.Context(), tenant)
			return err
		}, []string{
			"LIST secret/metadata/" + folder[:len(folder)-1],
			"LIST secret/metadata/" + folder + segments(1), "LIST secret/metadata/" + folder + segments(2),
			"LIST secret/metadata/" + folder + segments(3), "LIST secret/metadata/" + folder + segments(4),
			"LIST secret/metadata/" + folder + segments(5),
		}},
	}
	for _, step := range steps {
		if err := step.run(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, f.Requests()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// segments returns the path of the first n segments of a name that holds only "é".
func segments(n int) string {
	escaped, parts := strings.Repeat("=C3=A9", 100), []string{}
	for i := range n {
		parts = append(parts, escaped[100*i:100*i+100])
	}
	return strings.Join(parts, "/")
}

func TestMaxVersionsIsSetWhenASecretIsCreated(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f, func(c *vault.Config) { c.MaxVersions = 3 })
	for i := range 8 {
		mustSet(t, s, "x", fmt.Sprint(i), i%2 == 0)
	}
	if n, limit := f.Versions(folder + "x"); n != 3 || limit != 3 {
		t.Errorf("%d versions of at most %d, want 3 of 3", n, limit)
	}
	if err := s.Delete(t.Context(), tenant, "x"); err != nil {
		t.Fatal(err)
	}
	if n, _ := f.Versions(folder + "x"); n != 0 {
		t.Errorf("%d versions are left behind", n)
	}
}

// The store loses a race if another client writes between its read and its write.
func TestCompareRetriesWhenItLosesARace(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	mustSet(t, s, "x", `"old"`, false)
	races := 3
	f.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut && races > 0 {
			races--
			f.Put(folder+"x", fmt.Sprintf(`{"value":"%d","writer":"other"}`, races))
		}
		return false
	}
	if !mustSet(t, s, "x", `"new"`, true) {
		t.Error("changed is false")
	}
	got, err := s.Get(t.Context(), tenant, "x")
	if err != nil || string(got) != `"new"` || races != 0 {
		t.Errorf("the value is %s, %v, with %d races left", got, err, races)
	}
}

// The write succeeds, its response is lost, and the retried write finds another
// version: that of its own first attempt.
func TestCompareReportsAChangeWhoseReplyWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f, func(c *vault.Config) { c.Transport = &loseReply{next: c.Transport, method: http.MethodPut} })
		if !mustSet(t, s, "x", `"new"`, true) {
			t.Error("changed is false")
		}
		if n, _ := f.Versions(folder + "x"); n != 1 {
			t.Errorf("%d versions, want 1", n)
		}
	})
}

// loseReply sends the first request of a method and loses its response.
type loseReply struct {
	next   http.RoundTripper
	method string
}

func (l *loseReply) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err == nil && r.Method == l.method {
		l.method = ""
		return nil, errors.New("connection reset by peer")
	}
	return resp, err
}

func TestSoftDeletedIsMissingAndCanBeSetAgain(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	mustSet(t, s, "x", `1`, false)
	f.SoftDelete(folder + "x")
	if _, err := s.Get(t.Context(), tenant, "x"); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if info, err := s.Info(t.Context(), tenant, "x"); err != nil || len(info) != 0 {
		t.Errorf("Info: %v, %v", info, err)
	}
	if !mustSet(t, s, "x", `1`, true) {
		t.Error("setting it again changes nothing")
	}
}

func TestForeignSecretsAreRefusedByName(t *testing.T) {
	for _, data := range []string{
		`{"password":"` + canary + `"}`, `{"value":7}`, `{"value":"` + canary + `"}`, `{"value":null}`, `{}`,
	} {
		f := vaulttest.NewFake()
		s := newStore(t, f)
		f.Put(folder+"x", data)
		_, err := s.Get(t.Context(), tenant, "x")
		if err == nil || !strings.Contains(err.Error(), folder+"x") || strings.Contains(err.Error(), "CANARY") || errors.Is(err, cloud.ErrNotFound) {
			t.Errorf("%s: %v", data, err)
		}
		if got := mustSet(t, s, "x", `1`, false); !got {
			t.Errorf("%s cannot be overwritten", data)
		}
	}
}

func TestAnswersInAnotherFormAreRefused(t *testing.T) {
	const value, version = `"data":{"value":"1","writer":"` + canary + `"}`, `"metadata":{"version":1}`
	for _, answer := range []string{
		``, ` `, `<html>`, `null`, `"` + canary + `"`, `[` + canary, `[]`, `{`, `{}`, `{"data":` + canary, `{"data":[]}`,
		`{"data":{` + value + `}}`, `{"data":{` + version + `}}`, `{"data":{"data":null,` + version + `}}`,
		`{"data":{` + value + `,` + version + `}`, `{"data":{` + value + `,"metadata":[]}}`,
		`{"data":{` + value + `,"metadata":{"version":0}}}`,
		`{"data":{` + value + `,"metadata":{"version":1,"created_time":1}}}`,
	} {
		f := vaulttest.NewFake()
		s := newStore(t, f)
		mustSet(t, s, "x", `1`, false)
		intercept(f, 2, respond(http.StatusOK, answer))
		for what, err := range map[string]error{
			folder + "x": errOf(s.Get(t.Context(), tenant, "x")),
			"no version": errOf(s.Set(t.Context(), tenant, "x", json.RawMessage(`1`), "ci", false)),
		} {
			if err == nil || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "CANARY") ||
				errors.Is(err, cloud.ErrNotFound) {
				t.Errorf("%s: %v, want an error with %q", answer, err, what)
			}
		}
	}
}

func TestNamesOmitForeignEntries(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	mustSet(t, s, "a.b", `1`, false)
	for _, foreign := range []string{
		"a b", "a=2eb", "a=zz", "=", "a=4", "a..", ".hidden", "team/x", "a=2Eb", strings.Repeat("n", 101),
	} {
		f.Put(folder+foreign, `{"value":"1"}`)
	}
	f.Requests()
	names, err := s.Names(t.Context(), tenant)
	if diff := cmp.Diff([]string{"a.b"}, names); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if n := len(f.Requests()); n != 1 {
		t.Errorf("%d listings, want 1", n)
	}
}

// A list is read into memory that the next one takes.
func TestNamesOutliveTheNextList(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	want := []string{"A", "B", "a b", "z", strings.Repeat("n", 101)}
	for _, name := range want {
		mustSet(t, s, name, `1`, false)
	}
	slices.Sort(want)
	names, err := s.Names(t.Context(), tenant)
	for range 3 {
		if _, err := s.Names(t.Context(), "another"); err != nil {
			t.Fatal(err)
		}
		f.Put("prefect-secrets/another/OTHER_"+rand.Text(), `{"value":"1"}`)
	}
	if diff := cmp.Diff(want, names); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestEmptyTenantAndNameAreRefused(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	ctx := context.Background()
	for _, err := range []error{
		s.Delete(ctx, "", "x"), s.Delete(ctx, tenant, ""), errOf(s.Names(ctx, "")), errOf(s.Get(ctx, tenant, "")),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
	if got := f.Requests(); len(got) > 0 {
		t.Errorf("requests %v", got)
	}
}

// errOf returns the error of a call with two results.
func errOf[T any](_ T, err error) error { return err }
