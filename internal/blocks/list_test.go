package blocks_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestEveryNameIsListed(t *testing.T) {
	for _, n := range []int{0, 1, 2, 199, 200, 201, 399, 400, 864} {
		for _, pageLen := range []int{0, 50} { // a server may have shorter pages than it is asked for
			fake, want := newNumbered(n)
			fake.PageLen = pageLen
			got, err := newClient(t, fake).ListSecrets(t.Context())
			if diff := cmp.Diff(want, got); err != nil || n > 0 && diff != "" || len(got) != n {
				t.Errorf("%d names in pages of %d: %v: %s", n, pageLen, err, diff)
			}
			if calls := fake.Calls(faults.Match{Field: blockstest.Values}); len(calls) > 0 {
				t.Errorf("a list asks for values: %+v", calls)
			}
		}
	}
}

// Other programs delete and create blocks between two pages. What is there all the time
// is listed, once.
func TestAListLosesNothingToOthers(t *testing.T) {
	changes := map[string]func(fake *blockstest.Fake, page int){
		"one of the first page goes": func(fake *blockstest.Fake, page int) { fake.Delete(fmt.Sprintf("n%05d", 3+page)) },
		"the last of the page goes":  func(fake *blockstest.Fake, page int) { fake.Delete(fmt.Sprintf("n%05d", 200*page-page)) },
		"one comes before all":       func(fake *blockstest.Fake, page int) { fake.Set(fmt.Sprintf("a%d", page), quoted("v")) },
		"one goes and another comes": func(fake *blockstest.Fake, page int) {
			fake.Delete(fmt.Sprintf("n%05d", 5+page))
			fake.Set(fmt.Sprintf("n%05d-x", 200*page), quoted("v"))
		},
		"most of the first pages goes": func(fake *blockstest.Fake, page int) { deleteRange(fake, 150*(page-1), 150*page) },
	}
	for name, change := range changes {
		fake, names := newNumbered(900)
		page := 0
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fake.ServeHTTP(w, r)
			if page++; page < 5 {
				change(fake, page)
			}
		})
		got, err := newClient(t, h).ListSecrets(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range names {
			if _, exists := fake.Get(want); exists && !slices.Contains(got, want) {
				t.Errorf("%s: %s is missing", name, want)
			}
		}
		if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%s: a name is listed twice", name)
		}
	}
}

func deleteRange(fake *blockstest.Fake, from, to int) {
	for i := from; i < to; i++ {
		fake.Delete(fmt.Sprintf("n%05d", i))
	}
}

const id = "97fda652-1ef1-4bbc-b13f-a5d251cbd759"

// Whatever a server answers, there is an error, which repeats none of it.
func TestHostileAnswers(t *testing.T) {
	doc := func(id, name string) string {
		return fmt.Sprintf(`{"id":%q,"name":"%s","data":{"value":"CANARY3f9a"}}`, id, name)
	}
	other := strings.Replace(id, "9", "8", 1)
	for body, want := range map[string]string{
		`{}`:                    "unexpected JSON",
		`null`:                  "unexpected answer from",
		`"` + canary + `"`:      "unexpected JSON",
		`[1]`:                   "unexpected JSON",
		`[{"id":1}]`:            "unexpected JSON",
		`[null]`:                "the id of a block is not a UUID",
		`[{}]`:                  "the id of a block is not a UUID",
		`<html>` + canary:       "answered with a web page",
		canary:                  "unexpected answer from",
		``:                      "cut off",
		`[` + doc(id, "a"):      "cut off",
		`[` + doc(id, "a")[:30]: "cut off",
		`[` + doc(id, "a") + `,` + doc(id, "b") + `]`:                    "twice: use the URL in PREFECT_API_URL",
		`[` + doc(id, "a") + `,` + doc(other, "a") + `]`:                 "twice: use the URL in PREFECT_API_URL",
		`[` + doc(id, canary) + `,` + doc(other, canary) + `]`:           "twice: use the URL in PREFECT_API_URL",
		`[` + doc("../../admin/database/clear?"+canary, "a") + `]`:       "not a UUID",
		`[` + doc(id+"/x", "a") + `]`:                                    "not a UUID",
		`[` + doc(id, "") + `]`:                                          "has no name",
		`[` + doc(id, `a\u200b`) + `]`:                                   "invisible character U+200B",
		`[` + doc(id, `a\u2800`) + `]`:                                   "invisible character U+2800",
		`[` + doc(id, `a\u202e`) + `]`:                                   "invisible character U+202E",
		`[` + doc(id, `a\n::error::`) + `]`:                              "invisible character U+000A",
		`[` + doc(id, `a\u001b[2J`) + `]`:                                "invisible character U+001B",
		`[` + strings.Repeat(doc(id, "a")+",", 200) + doc(id, "a") + `]`: "lists more than the requested 200",
		`{"data":{"secret":[]}}`:                                         "answers like a GraphQL API of Prefect 1",
		`{"errors":[{"message":"` + canary + `"}]}`:                      "answers like a GraphQL API of Prefect 1",
		strings.Repeat("[", 100_000):                                     "",
	} {
		_, err := newClient(t, answerJSON(http.StatusOK, body)).ListSecrets(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%.60s: got %v, want %q", body, err, want)
		}
	}
}

// A list that never ends, or always changes, ends in an error.
func TestEndlessLists(t *testing.T) {
	n := 0
	fresh := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var rows []string
		for i := range 200 {
			if i > 0 || n == 0 {
				n++
			}
			rows = append(rows, fmt.Sprintf(`{"id":"97fda652-1ef1-4bbc-b13f-%012d","name":"n%d"}`, n, n))
		}
		_, _ = w.Write([]byte("[" + strings.Join(rows, ",") + "]"))
	})
	var calls int
	same := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		n = 0
		fresh(w, r)
	})
	changing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		n++
		_, _ = fmt.Fprintf(w, `[{"id":"97fda652-1ef1-4bbc-b13f-%012d","name":"n%d"}]`, n, n)
	})
	for name, h := range map[string]http.Handler{"fresh": fresh, "same": same, "changing": changing} {
		n, calls = 0, 0
		_, err := newClient(t, h).ListSecrets(t.Context())
		if err == nil || calls > 300 {
			t.Errorf("%s: %v after %d requests", name, err, calls)
		}
	}
}

// A list of many pages does not begin again where its database is busy for a moment: it
// would never end.
func TestABusyPageIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, want := newNumbered(2000)
		requests := 0
		got, err := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests%4 == 0 {
				answerJSON(http.StatusServiceUnavailable, `{"exception_message":"Service Unavailable"}`)(w, r)
				return
			}
			fake.ServeHTTP(w, r)
		})).ListSecrets(t.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
	})
}

// An answer is read up to a limit, whatever it claims to be.
func TestAnswersAreBounded(t *testing.T) {
	const most = 1 << 20
	sent := 0
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"id":"`))
		for piece := []byte(strings.Repeat("x", 64<<10)); ; {
			if n, err := w.Write(piece); err != nil || sent > 64*most {
				return
			} else {
				sent += n
			}
		}
	})
	client := mustNewAt(t, startServer(t, endless))
	client.SetMaxAnswer(most)
	_, err := client.ListSecrets(t.Context())
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
	if prefect.Retryable(err) || sent > 32*most { // the connection holds some MiB that nobody reads
		t.Errorf("%v after %d MiB", err, sent>>20)
	}
}

// A plan says that it waits if the database stays busy for a while, and what to do if it
// stays busy for good.
func TestABusyDatabaseIsAnnounced(t *testing.T) {
	const text = "listing secret names: the server's database is busy (HTTP 503): try again later, and see the server's log"
	for busy, want := range map[time.Duration]struct {
		waits []string
		err   string
	}{
		0: {}, 3 * time.Second: {}, 20 * time.Second: {[]string{"HTTP 503"}, ""}, time.Hour: {[]string{"HTTP 503"}, text},
	} {
		synctest.Test(t, func(t *testing.T) {
			fake, began := blockstest.New(), time.Now()
			var waits []string
			_, err := secretsync.Run{
				Sources: []*secretsync.Source{{Label: "test", Entries: []secretsync.Entry{{Name: "A", Text: prefect.TextValue(canary)}}}},
				Writer: newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if time.Since(began) < busy {
						answerJSON(http.StatusServiceUnavailable, `{"exception_message":"Service Unavailable"}`)(w, r)
						return
					}
					fake.ServeHTTP(w, r)
				})),
				Steps: secretsync.Steps{Waiting: func(reason string) { waits = append(waits, reason) }},
			}.Plan(t.Context())
			if diff := cmp.Diff(want.waits, waits); diff != "" {
				t.Errorf("busy for %v: announced %s", busy, diff)
			}
			if (err != nil) != (want.err != "") || err != nil && !strings.HasSuffix(err.Error(), want.err) {
				t.Errorf("busy for %v: %v", busy, err)
			}
		})
	}
}
