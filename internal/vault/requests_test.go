package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

const (
	place  = "prefect-secrets/" + tenant + "/"
	canary = "CANARY-value"
)

func set(t *testing.T, s cloud.Store, name, value string, compare bool) bool {
	t.Helper()
	changed, err := s.Set(t.Context(), tenant, name, json.RawMessage(value), "ci", compare)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestRequestsOfEachOperation(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	set(t, s, "b", `1`, false)
	f.Requests()
	long := strings.Repeat("é", 100)
	steps := []struct {
		what string
		do   func() error
		want []string
	}{
		{"set", func() error {
			_, err := s.Set(t.Context(), tenant, "a b", json.RawMessage(`1`), "ci", false)
			return err
		},
			[]string{"PUT secret/data/" + place + "a=20b"}},
		{"set the same", func() error { set(t, s, "b", `1`, true); return nil }, []string{"GET secret/data/" + place + "b"}},
		{"set another", func() error { set(t, s, "b", `2`, true); return nil },
			[]string{"GET secret/data/" + place + "b", "PUT secret/data/" + place + "b"}},
		{"get", func() error { _, err := s.Get(t.Context(), tenant, "b"); return err }, []string{"GET secret/data/" + place + "b"}},
		{"names", func() error { _, err := s.Names(t.Context(), tenant); return err }, []string{"LIST secret/metadata/" + place[:len(place)-1]}},
		{"info", func() error { _, err := s.Info(t.Context(), tenant, "b"); return err }, []string{"GET secret/data/" + place + "b"}},
		{"ping", func() error { return s.Ping(t.Context()) }, []string{"GET auth/token/lookup-self"}},
		{"delete", func() error { return s.Delete(t.Context(), tenant, "b") }, []string{"DELETE secret/metadata/" + place + "b"}},
		{"names, one of them long", func() error {
			set(t, s, long, `1`, false)
			f.Requests()
			_, err := s.Names(t.Context(), tenant)
			return err
		}, []string{
			"LIST secret/metadata/" + place[:len(place)-1],
			"LIST secret/metadata/" + place + segments(1), "LIST secret/metadata/" + place + segments(2), "LIST secret/metadata/" + place + segments(3),
			"LIST secret/metadata/" + place + segments(4), "LIST secret/metadata/" + place + segments(5),
		}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if diff := cmp.Diff(step.want, f.Requests()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.what, diff)
		}
	}
}

// segments is the path of so many segments of a name that holds only "é".
func segments(n int) string {
	escaped, out := strings.Repeat("=C3=A9", 100), []string{}
	for i := range n {
		out = append(out, escaped[100*i:100*i+100])
	}
	return strings.Join(out, "/")
}

func TestMaxVersionsIsSetWhenASecretIsCreated(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f, func(c *vault.Config) { c.MaxVersions = 3 })
	for i := range 8 {
		set(t, s, "x", fmt.Sprint(i), i%2 == 0)
	}
	if kept, limit := f.Versions(place + "x"); kept != 3 || limit != 3 {
		t.Errorf("%d versions are kept of at most %d, want 3 of 3", kept, limit)
	}
	if err := s.Delete(t.Context(), tenant, "x"); err != nil {
		t.Fatal(err)
	}
	if kept, _ := f.Versions(place + "x"); kept != 0 {
		t.Errorf("%d versions are left behind", kept)
	}
}

// A race is lost to somebody who writes between the read and the write.
func TestCompareReadsAgainWhenItLosesARace(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
	set(t, s, "x", `"old"`, false)
	races := 3
	f.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut && races > 0 {
			races--
			f.Put(place+"x", fmt.Sprintf(`{"value":"%d","writer":"other"}`, races))
		}
		return false
	}
	if !set(t, s, "x", `"new"`, true) {
		t.Error("changed is false")
	}
	got, err := s.Get(t.Context(), tenant, "x")
	if err != nil || string(got) != `"new"` || races != 0 {
		t.Errorf("the value is %s, %v, with %d races left", got, err, races)
	}
}

// The write is done, its reply is lost, and the repeated write finds that the
// version is another. It was our own.
func TestCompareReportsAChangeWhoseReplyWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := open(t, f, func(c *vault.Config) { c.Transport = &loseReply{next: c.Transport, method: http.MethodPut} })
		if !set(t, s, "x", `"new"`, true) {
			t.Error("changed is false")
		}
		if kept, _ := f.Versions(place + "x"); kept != 1 {
			t.Errorf("%d versions, want 1", kept)
		}
	})
}

// loseReply carries out the first request of a method and loses the reply.
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
	s := open(t, f)
	set(t, s, "x", `1`, false)
	f.SoftDelete(place + "x")
	if _, err := s.Get(t.Context(), tenant, "x"); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if info, err := s.Info(t.Context(), tenant, "x"); err != nil || len(info) != 0 {
		t.Errorf("Info: %v, %v", info, err)
	}
	if !set(t, s, "x", `1`, true) {
		t.Error("setting it again changes nothing")
	}
}

func TestForeignSecretsAreRefusedByName(t *testing.T) {
	for _, data := range []string{`{"password":"` + canary + `"}`, `{"value":7}`, `{"value":"` + canary + `"}`, `{"value":null}`, `{}`} {
		f := vaulttest.NewFake()
		s := open(t, f)
		f.Put(place+"x", data)
		_, err := s.Get(t.Context(), tenant, "x")
		if err == nil || !strings.Contains(err.Error(), place+"x") || strings.Contains(err.Error(), "CANARY") || errors.Is(err, cloud.ErrNotFound) {
			t.Errorf("%s: %v", data, err)
		}
		if got := set(t, s, "x", `1`, false); !got {
			t.Errorf("%s cannot be overwritten", data)
		}
	}
}

func TestNamesLeaveOutWhatOthersPutThere(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
	set(t, s, "a.b", `1`, false)
	for _, foreign := range []string{"a b", "a=2eb", "a=zz", "=", "a=4", "a..", ".hidden", "team/x", "a=2Eb", strings.Repeat("n", 101)} {
		f.Put(place+foreign, `{"value":"1"}`)
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

func TestEmptyTenantAndNameAreRefused(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
	ctx := context.Background()
	for _, err := range []error{s.Delete(ctx, "", "x"), s.Delete(ctx, tenant, ""), second(s.Names(ctx, "")), second(s.Get(ctx, tenant, ""))} {
		if err == nil {
			t.Error("no error")
		}
	}
	if asked := f.Requests(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}

func second[T any](_ T, err error) error { return err }
