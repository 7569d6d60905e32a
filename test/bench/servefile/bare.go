//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
)

// runBare serves a bbolt file over HTTP until SIGTERM, with nothing around it: what any store on bbolt takes
// that clients reach over HTTP. Once it accepts connections it writes its URL to ready, as serve does.
func runBare(path, ready string) error {
	db, err := barebolt.Open(path)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, db.Close())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{Handler: bareHandler(db)}
	go func() { <-ctx.Done(); _ = server.Close() }()
	text, err := json.Marshal(map[string]string{"url": "http://" + listener.Addr().String()})
	if err == nil {
		err = os.WriteFile(ready, text, 0o600)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), db.Close())
	}
	if err = server.Serve(listener); errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, db.Close())
}

// bareHandler puts a body under /BUCKET/NAME, or with ?parts=N its equal parts under the N names from there on.
func bareHandler(db *barebolt.DB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{bucket}/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = put(db, r, body)
		}
		answerBare(w, []byte("{}\n"), err)
	})
	mux.HandleFunc("GET /{bucket}/{name}", func(w http.ResponseWriter, r *http.Request) {
		value, err := db.Get(r.PathValue("bucket"), r.PathValue("name"))
		answerBare(w, value, err)
	})
	return mux
}

func put(db *barebolt.DB, r *http.Request, body []byte) error {
	bucket, name := r.PathValue("bucket"), r.PathValue("name")
	if r.URL.RawQuery == "" {
		return db.Put(bucket, name, body)
	}
	parts, err := strconv.Atoi(r.URL.Query().Get("parts"))
	if err != nil {
		return err
	}
	first, err := secretNumber(name)
	if err != nil {
		return err
	}
	pairs := make([]barebolt.Pair, parts)
	for i := range pairs {
		part := body[i*len(body)/parts : (i+1)*len(body)/parts]
		pairs[i] = barebolt.Pair{Key: []byte(secretName(first + i)), Value: part}
	}
	return db.PutAll(bucket, pairs...)
}

func answerBare(w http.ResponseWriter, answer []byte, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}
